// The driver of a radio dongle: hears telegrams of many meters, opens those of the configured ones. Sends nothing.
// Loop-bound.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "agent/core/driver.h"
#include "drivers/common/mbus_records.h"
#include "drivers/wmbus/compact.h"
#include "drivers/wmbus/contents.h"
#include "drivers/wmbus/extended_link.h"
#include "drivers/wmbus/link.h"
#include "drivers/wmbus/maker.h"
#include "drivers/wmbus/meters.h"
#include "drivers/wmbus/options.h"
#include "drivers/wmbus/security.h"
#include "drivers/wmbus/source.h"

namespace afferent::drivers::wmbus {

class Radio final : public core::Driver, private Catcher {
 public:
  explicit Radio(Settings settings);

  std::span<const core::ChannelSpec> channels(core::DeviceRef /*device*/) const override { return {}; }
  void on(const core::WireEvent& event, core::Sink& sink) override;
  core::Bytes save() const override { return formats_.save(); }
  core::Result<void> restore(core::ByteView saved) override { return formats_.restore(saved); }

 private:
  // One telegram, layer by layer.
  struct Telegram {
    core::ByteView frame;
    std::optional<double> rssi;
    bool checked = false;
    Link link;
    ExtendedLink extended;
    core::ByteView payload;    // of the link layers: what a repeater cannot change
    core::ByteView transport;  // from the CI field of the next layer that is not read yet
    bool readable = true;      // false: the transport layer is encrypted and not opened
    Fragment fragment;
    bool fragmented = false;  // has an authentication and fragmentation layer
    const ContentKind* content = nullptr;
    const MakerFormat* format = nullptr;  // of the maker's own, which the content has or contains
    mbus::Header header;
    mbus::Identity meter;  // of the long header, else of the link layer
    Meter* known = nullptr;
    std::string why;  // it could not be understood
  };

  void caught(const Caught& frame) override;
  void damaged(core::ByteView bytes, std::string_view why) override;

  bool peel_extended_link(Telegram& telegram);
  bool peel_fragment(Telegram& telegram);
  bool read_transport(Telegram& telegram);
  bool whole(Telegram& telegram, bool& waiting);
  static std::uint64_t hash_of_payload(const Telegram& telegram);
  bool repeated(const Telegram& telegram);
  bool understand(Telegram& telegram);
  bool open(Telegram& telegram, core::ByteView& plain);
  bool understand_records(Telegram& telegram, core::ByteView plain);
  bool say_records(Telegram& telegram);
  bool say_maker(Telegram& telegram, core::ByteView payload);
  bool read_maker(Telegram& telegram, core::ByteView payload, MakerReadings& out);
  bool read_records(Telegram& telegram, core::ByteView plain);
  void say(Telegram& telegram, bool with_records);
  void refuse(const Telegram& telegram);
  void announce(const Telegram& telegram);

  const Settings settings_;
  Meters meters_;
  std::unique_ptr<Source> source_;
  CompactFormats formats_;
  Opener opener_;
  mbus::Records records_;
  core::Bytes opened_;                           // text of an encrypted extended link layer
  Cipher diehl_;                                 // of the factory
  core::Bytes real_data_;                        // text of a scrambled telegram of Diehl
  mbus::Records maker_records_;                  // that stand for a format of the maker's own
  std::unordered_set<std::uint64_t> strangers_;  // who was announced
  std::optional<mbus::Identity> last_;           // where any meter is taken: who was announced last
  core::Sink* sink_ = nullptr;                   // during a call
  core::Nanos now_{};
  core::Nanos last_bytes_{};
};

}  // namespace afferent::drivers::wmbus
