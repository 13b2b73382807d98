#include "drivers/common/mbus_channels.h"

#include <algorithm>
#include <utility>

#include "drivers/common/mbus_status.h"
#include "drivers/common/mbus_time.h"

namespace afferent::drivers::mbus {
namespace {

using As = Meaning::As;
using core::Quality;
using core::Value;

constexpr std::size_t kMostEntries = 512;

bool same_head(const core::Bytes& known, core::ByteView head) {
  return known.size() == head.size() && std::equal(head.begin(), head.end(), known.begin());
}

std::optional<double> number(const Record& record, As as, const Scale& scale) {
  if (as == As::time) {
    if (record.raw.kind != Raw::Kind::integer || record.raw.decimal) return std::nullopt;
    const auto time = time_of(record.data);
    if (!time) return std::nullopt;
    return static_cast<double>(*time);
  }
  return number_of(record, as, scale);
}

}  // namespace

ChannelBook::ChannelBook(core::DeviceRef device, std::optional<core::Seconds> utc_offset)
    : device_(device), utc_offset_(utc_offset) {}

void ChannelBook::records(const Records& records, core::Sink& sink) {
  ++telegram_;
  next_ = 0;
  for (const Record& record : records.list) {
    if (is_profile(record)) {
      profile(records, record, sink);
    } else {
      one(record, sink);
    }
  }
}

void ChannelBook::one(const Record& record, core::Sink& sink) {
  const Entry& entry = entry_of(record, sink);
  if (!entry.slot || entry.as == As::profile) return;
  const bool doubted = entry.doubted || looks_unset(record, entry.quantity);
  const Quality quality = doubted ? Quality::bad : Quality::good;
  if (entry.as == As::text) {
    const std::string text = text_value(record);
    if (!text.empty()) say(*entry.slot, Value::text(text), quality, sink);
    return;
  }
  const auto value = number(record, entry.as, entry.scale);
  if (!value) return;
  const bool error_flags = entry.error_flags;
  say(*entry.slot, Value::number(*value), quality, sink);
  if (error_flags) say_flag("flag_error", error_slot_, *value != 0.0, sink);
}

void ChannelBook::say(std::size_t slot, Value value, Quality quality, core::Sink& sink) {
  if (slots_[slot].said == telegram_) return;
  slots_[slot].said = telegram_;
  sink.reading(device_, slots_[slot].channel, value, {}, quality);
}

const ChannelBook::Entry& ChannelBook::entry_of(const Record& record, core::Sink& sink) {
  if (next_ < entries_.size() && same_head(entries_[next_].head, record.head)) return entries_[next_++];
  const auto known = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Entry& entry) { return same_head(entry.head, record.head); });
  if (known != entries_.end()) {
    next_ = static_cast<std::size_t>(known - entries_.begin()) + 1;
    return *known;
  }
  if (entries_.size() == kMostEntries) return spare_ = make_entry(record, sink);
  entries_.push_back(make_entry(record, sink));
  next_ = entries_.size();
  return entries_.back();
}

ChannelBook::Entry ChannelBook::make_entry(const Record& record, core::Sink& sink) {
  Entry entry;
  entry.head.assign(record.head.begin(), record.head.end());
  const auto meaning = meaning_of(record);
  if (!meaning) return entry;
  entry.slot = slot_of(meaning->channel, sink);
  entry.as = meaning->as;
  entry.scale = meaning->scale;
  entry.doubted = meaning->doubted;
  entry.quantity = meaning->channel.quantity;
  entry.error_flags = meaning->channel.name == "error_flags";
  return entry;
}

std::optional<std::size_t> ChannelBook::slot_of(const core::ChannelSpec& channel, core::Sink& sink) {
  const auto known =
      std::find_if(slots_.begin(), slots_.end(), [&](const Slot& slot) { return slot.name == channel.name; });
  if (known != slots_.end()) return static_cast<std::size_t>(known - slots_.begin());
  if (slots_.size() == kMostChannels) return std::nullopt;
  slots_.push_back({channel.name, sink.declare(device_, channel)});
  return slots_.size() - 1;
}

void ChannelBook::profile(const Records& records, const Record& profile, core::Sink& sink) {
  Record counted = profile;
  for (const ProfileValue& value : expand_profile(profile, base_value(records, profile), base_time(records, profile))) {
    counted.storage = profile.storage + value.step;
    const auto meaning = meaning_of(counted);
    if (!meaning || meaning->channel.quantity == core::Quantity::time ||
        core::kind_of(meaning->channel.quantity) != Value::Kind::number)
      return;
    std::optional<core::Micros> measured;
    if (value.time && utc_offset_) measured = core::Seconds(*value.time) - *utc_offset_;
    reading(meaning->channel, Value::number(scaled(value.raw, meaning->scale)), sink, measured);
  }
}

void ChannelBook::status(std::uint8_t status, core::Sink& sink) {
  for (std::size_t i = 0; i < kStatusFlags; ++i) {
    const StatusFlag& row = status_flags()[i];
    say_flag(row.channel, status_slots_[i], (status & row.mask) == row.value, sink);
  }
}

void ChannelBook::say_flag(std::string_view name, std::optional<std::size_t>& slot, bool set, core::Sink& sink) {
  if (!slot) slot = slot_of({std::string(name), core::Quantity::boolean}, sink);
  if (slot) sink.reading(device_, slots_[*slot].channel, Value::boolean(set));
}

void ChannelBook::flag(std::string_view name, bool set, core::Sink& sink) {
  reading({std::string(name), core::Quantity::boolean}, Value::boolean(set), sink);
}

void ChannelBook::reading(const core::ChannelSpec& channel, Value value, core::Sink& sink,
                          std::optional<core::Micros> measured, Quality quality) {
  const auto slot = slot_of(channel, sink);
  if (slot) sink.reading(device_, slots_[*slot].channel, value, measured, quality);
}

}  // namespace afferent::drivers::mbus
