// What the two kinds for gas cylinders share: a reader's tags, put together from the readings of one report.
// Loop-bound; private to agent/rules.
#pragma once

#include <bitset>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/rules/inventory.h"
#include "agent/rules/kind.h"
#include "agent/rules/mistakes.h"
#include "agent/rules/options.h"
#include "agent/rules/presence.h"

namespace afferent::rules {

inline constexpr core::ConfigField kInventoryField{
    .key = "inventory",
    .type = core::FieldType::contents,
    .help =
        "CSV file of the registered cylinders: tag, cylinder, owner, standard, capacity_kg, made, filled, inspected, "
        "status"};
inline constexpr core::ConfigField kConfirmField{.key = "confirm",
                                                 .type = core::FieldType::integer,
                                                 .standard = "2",
                                                 .minimum = 1,
                                                 .maximum = 1000,
                                                 .help = "a tag is there after it was read so often"};
inline constexpr core::ConfigField kGoneField{.key = "gone",
                                              .type = core::FieldType::duration,
                                              .standard = "60 s",
                                              .minimum = 1,
                                              .maximum = kLongest,
                                              .help = "a tag has left when it was not read for this long ..."};
inline constexpr core::ConfigField kSilenceField{
    .key = "silence",
    .type = core::FieldType::duration,
    .standard = "10 min",
    .minimum = 0,
    .maximum = kLongest,
    .help = "... and, while no tag at all is read, since then the reader itself may be silent, for this long"};

// Inputs tag, antenna and rssi of the own device, numbered 1 to 3.
std::vector<Input> reader_inputs();
enum ReaderInput : std::uint16_t { kTag = 1, kAntenna, kRssi, kOtherTags };

class CylinderRule : public Rule {
 public:
  CylinderRule() {
    by_poll = true;
    in_parts = true;
  }
  std::string_view objection(const core::ChannelSpec& /*channel*/) const override { return ""; }
  std::span<const Input> inputs() const override { return needed; }
  std::string_view objection(std::uint16_t input, const core::ChannelSpec& channel) const override;
  std::string_view unit(core::Quantity /*quantity*/) const override { return ""; }

  void read_common(const RuleSetup& setup, Mistakes& mistakes);

  std::vector<Input> needed = reader_inputs();
  std::shared_ptr<const Inventory> inventory = std::make_shared<Inventory>();
  PresenceTiming timing;
};

class ReaderInstance : public Instance {
 public:
  explicit ReaderInstance(const CylinderRule& rule) : rule_(rule) {}

  void start(const core::Stamp& now, Context& context) override;
  void reading(const core::Reading& reading, Band& band, Context& context) override;
  void unfit(const core::Reading& reading, Band& band, Context& context) override;
  void polled(core::DeviceId device, const core::Stamp& at, Context& context) override;
  void tick(const core::Stamp& now, Context& context) override;
  void learned_part(std::uint16_t part, core::Nanos now, Packer& to) const override;
  bool remember_part(Unpacker& from, const Elapsed& elapsed) override;

 protected:
  virtual void changed(const std::string& tag, const Presence::Tag& now, Presence::Change change, Context& context) = 0;
  virtual void departed(const Presence::Departed& gone, const core::Stamp& at, Context& context) = 0;
  virtual void seen_elsewhere(const std::string& /*tag*/, core::DeviceId /*where*/, const core::Stamp& /*at*/) {}
  // After each call; `changed`: since any of the above, or the date, is another.
  virtual void settled(bool /*changed*/, const core::Stamp& /*at*/, Context& /*context*/) {}
  // The tags that a restart must not forget; null: all that are there.
  virtual const std::set<std::string>* lasting() const { return nullptr; }

  // What is known of this tag goes into the store with what the running call tells, so that a power failure makes
  // nothing be told twice, or never.
  void keep(const std::string& tag) { unsaved_.set(Presence::part_of(tag)); }

  void look_again(core::Nanos at, Context& context) {
    waiting_ = true;
    context.wake_at(at);
  }

  const CylinderRule& rule_;
  Presence presence_;

 private:
  void hear(const core::Reading& reading, std::uint16_t input, Context& context);
  void take(const core::Stamp& at, Context& context);
  void settle(const core::Stamp& at, Context& context);

  std::string tag_;  // of the report that is being read; empty: none
  Sighting sighting_;
  std::optional<core::Micros> newest_;  // by the reader's own clock
  std::int64_t day_ = -1;               // -1: not known
  std::bitset<Presence::kParts> unsaved_;
  bool changed_ = false;
  bool waiting_ = false;  // for a tag to leave
};

}  // namespace afferent::rules
