// Turns the records of one device into readings of named channels, which it declares when it first meets them.
// Loop-bound. A telegram like the one before costs no look-up by name and no allocation (texts aside).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/driver.h"
#include "drivers/common/mbus_meaning.h"
#include "drivers/common/mbus_profile.h"
#include "drivers/common/mbus_records.h"
#include "drivers/common/mbus_status.h"

namespace afferent::drivers::mbus {

class ChannelBook {
 public:
  // A meter that invents ever new records gets no more channels than this.
  static constexpr std::size_t kMostChannels = 256;

  // `utc_offset`: what the meter's clock is ahead of UTC. With it profile values say when they were measured; without
  // it that would be a guess.
  explicit ChannelBook(core::DeviceRef device, std::optional<core::Seconds> utc_offset = {});

  // One reading for each record with a meaning and a valid value. Where a telegram says the same channel twice, the
  // first one counts. `records` must have been read without trouble.
  void records(const Records& records, core::Sink& sink);
  // The flags of a header's status byte.
  void status(std::uint8_t status, core::Sink& sink);
  void flag(std::string_view name, bool set, core::Sink& sink);
  // Anything else of the same device, so that its channels are declared once: the rssi of a radio.
  void reading(const core::ChannelSpec& channel, core::Value value, core::Sink& sink,
               std::optional<core::Micros> measured = {}, core::Quality quality = core::Quality::good);

 private:
  struct Slot {
    std::string name;
    core::Channel channel{};
    std::uint32_t said = 0;  // the telegram that said it last
  };
  struct Entry {
    core::Bytes head;
    std::optional<std::size_t> slot;  // none: no meaning, or no room
    Meaning::As as = Meaning::As::number;
    Scale scale;
    core::Quantity quantity = core::Quantity::none;
    bool doubted = false;
    bool error_flags = false;
  };

  const Entry& entry_of(const Record& record, core::Sink& sink);
  Entry make_entry(const Record& record, core::Sink& sink);
  std::optional<std::size_t> slot_of(const core::ChannelSpec& channel, core::Sink& sink);
  void one(const Record& record, core::Sink& sink);
  void profile(const Records& records, const Record& profile, core::Sink& sink);
  void say_flag(std::string_view name, std::optional<std::size_t>& slot, bool set, core::Sink& sink);
  void say(std::size_t slot, core::Value value, core::Quality quality, core::Sink& sink);

  core::DeviceRef device_;
  std::optional<core::Seconds> utc_offset_;
  std::vector<Slot> slots_;                                            // at most kMostChannels
  std::vector<Entry> entries_;                                         // by head; at most kMostEntries
  std::array<std::optional<std::size_t>, kStatusFlags> status_slots_;  // nothing: not said yet
  std::optional<std::size_t> error_slot_;
  Entry spare_;           // when entries_ is full
  std::size_t next_ = 0;  // where the next record probably is: meters keep their order
  std::uint32_t telegram_ = 0;
};

}  // namespace afferent::drivers::mbus
