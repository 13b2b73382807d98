#include "drivers/wmbus/maker.h"

#include <algorithm>
#include <array>

#include "drivers/common/mbus_meaning.h"
#include "drivers/wmbus/maker_allocator.h"
#include "drivers/wmbus/maker_apator.h"
#include "drivers/wmbus/maker_bmeters.h"
#include "drivers/wmbus/maker_diehl.h"
#include "drivers/wmbus/maker_kamstrup.h"
#include "drivers/wmbus/maker_qundis.h"
#include "drivers/wmbus/maker_rfm.h"
#include "drivers/wmbus/maker_techem.h"
#include "drivers/wmbus/maker_techem_heat.h"
#include "drivers/wmbus/maker_zenner.h"

namespace afferent::drivers::wmbus {
namespace {

using Place = MakerFormat::Place;

constexpr int kAny = MakerFormat::kAny;
constexpr std::uint16_t kApa = maker_code('A', 'P', 'A');
constexpr std::uint16_t kApt = maker_code('A', 'P', 'T');
constexpr std::uint16_t kBfw = maker_code('B', 'F', 'W');
constexpr std::uint16_t kBmt = maker_code('B', 'M', 'T');
constexpr std::uint16_t kKam = maker_code('K', 'A', 'M');
constexpr std::uint16_t kKaw = maker_code('K', 'A', 'W');
constexpr std::uint16_t kQds = maker_code('Q', 'D', 'S');
constexpr std::uint16_t kTch = maker_code('T', 'C', 'H');
constexpr std::uint16_t kZri = maker_code('Z', 'R', 'I');

// Of the CI fields 72, 7A and 78, which records follow.
constexpr std::uint8_t kRecords = 0x72;
constexpr std::uint8_t kRecordsEnd = 0x7A;
constexpr std::uint8_t kCompactEnd = 0x7B;

constexpr std::array kFormats{
    MakerFormat{maker_code('D', 'M', 'E'), kAny, kAny, 0xA0, 0xA7, Place::own_ci, read_prios},
    MakerFormat{maker_code('E', 'W', 'T'), kAny, kAny, 0xA0, 0xA7, Place::own_ci, read_prios},
    MakerFormat{maker_code('H', 'Y', 'D'), kAny, kAny, 0xA0, 0xA7, Place::own_ci, read_prios},
    MakerFormat{maker_code('S', 'A', 'P'), kAny, kAny, 0xA0, 0xA7, Place::own_ci, read_prios},
    MakerFormat{maker_code('S', 'P', 'L'), kAny, kAny, 0xA0, 0xA7, Place::own_ci, read_prios},
    MakerFormat{kApt, 0x03, 0x03, 0xA0, 0xA0, Place::own_ci, read_apator_08},
    MakerFormat{kApt, 0x0F, 0x0F, 0xA0, 0xA0, Place::own_ci, read_apator_08},
    MakerFormat{kApt, 0x04, 0x11, 0xA0, 0xA0, Place::own_ci, read_apator_172},
    MakerFormat{kApa, 0x04, 0x08, 0xA0, 0xA0, Place::own_ci, read_apator_eitn},
    MakerFormat{kApa, 0x04, 0x08, 0xB6, 0xB6, Place::own_ci, read_apator_eitn_wrapped},
    MakerFormat{kApt, 0x04, 0x08, 0xA0, 0xA0, Place::own_ci, read_apator_eitn},
    MakerFormat{kApt, 0x04, 0x08, 0xB6, 0xB6, Place::own_ci, read_apator_eitn_wrapped},
    MakerFormat{kApa, 0x09, 0x08, 0xA0, 0xA0, Place::own_ci, read_apator_eitn_40},
    MakerFormat{kApa, 0x09, 0x08, 0xB6, 0xB6, Place::own_ci, read_apator_eitn_40_wrapped},
    MakerFormat{kApa, 0x0D, 0x08, 0xA0, 0xA0, Place::own_ci, read_apator_eitn_40},
    MakerFormat{kApa, 0x0D, 0x08, 0xB6, 0xB6, Place::own_ci, read_apator_eitn_40_wrapped},
    MakerFormat{kApt, 0x09, 0x08, 0xA0, 0xA0, Place::own_ci, read_apator_eitn_40},
    MakerFormat{kApt, 0x0D, 0x08, 0xA0, 0xA0, Place::own_ci, read_apator_eitn_40},
    MakerFormat{kApa, 0x14, 0x07, 0xA0, 0xA1, Place::own_ci, read_apator_na1},
    MakerFormat{kApa, 0x05, 0x06, kRecords, kRecordsEnd, Place::instead, read_apator_162},
    MakerFormat{kApa, 0x05, 0x07, kRecords, kRecordsEnd, Place::instead, read_apator_162},
    MakerFormat{kTch, 0x74, 0x62, 0xA2, 0xA2, Place::own_ci, read_techem_water},
    MakerFormat{kTch, 0x74, 0x72, 0xA2, 0xA2, Place::own_ci, read_techem_water},
    MakerFormat{kTch, 0x70, 0x62, 0xA2, 0xA2, Place::own_ci, read_techem_water},
    MakerFormat{kTch, 0x70, 0x72, 0xA2, 0xA2, Place::own_ci, read_techem_water},
    MakerFormat{kTch, 0x95, 0x62, 0xA2, 0xA2, Place::own_ci, read_techem_water},
    MakerFormat{kTch, 0x95, 0x72, 0xA2, 0xA2, Place::own_ci, read_techem_water},
    MakerFormat{kTch, 0x50, 0x62, 0xA2, 0xA2, Place::own_ci, read_techem_half_months},
    MakerFormat{kTch, 0x50, 0x72, 0xA2, 0xA2, Place::own_ci, read_techem_half_months},
    MakerFormat{kTch, 0x69, 0x80, 0xA0, 0xA0, Place::own_ci, read_techem_allocator},
    MakerFormat{kTch, 0x94, 0x80, 0xA2, 0xA2, Place::own_ci, read_techem_allocator},
    MakerFormat{kTch, 0x22, 0x43, 0xA1, 0xA2, Place::own_ci, read_techem_heat},
    MakerFormat{kTch, 0x39, 0x43, 0xA1, 0xA2, Place::own_ci, read_techem_heat},
    MakerFormat{kTch, 0x45, 0x04, 0xA1, 0xA2, Place::own_ci, read_techem_heat},
    MakerFormat{kTch, 0x45, 0x43, 0xA1, 0xA2, Place::own_ci, read_techem_heat},
    MakerFormat{kTch, 0x45, 0xC3, 0xA1, 0xA2, Place::own_ci, read_techem_heat},
    MakerFormat{kTch, 0x27, 0x04, 0xA2, 0xA2, Place::own_ci, read_techem_heat_joule},
    MakerFormat{kTch, 0x27, 0xC3, 0xA2, 0xA2, Place::own_ci, read_techem_heat_joule},
    MakerFormat{kTch, 0x76, 0xF0, 0xA0, 0xA0, Place::own_ci, read_techem_smoke},
    MakerFormat{kZri, 0x0B, 0x16, kRecords, kRecordsEnd, Place::beside, read_zenner},
    MakerFormat{kQds, kAny, kAny, kRecords, kRecordsEnd, Place::beside, read_qundis},
    MakerFormat{kBfw, 0x02, 0x08, kRecords, kRecordsEnd, Place::instead, read_bfw_240},
    MakerFormat{kBmt, 0x05, 0x07, 0x7A, 0x7A, Place::sealed, read_rfm_tx1},
    MakerFormat{kBmt, 0x0B, 0x0D, kRecords, kRecordsEnd, Place::beside, read_hydrocal},
    MakerFormat{kBmt, 0x13, kAny, kRecords, kRecordsEnd, Place::beside, read_bmeters},
    MakerFormat{kBmt, 0x15, kAny, kRecords, kRecordsEnd, Place::beside, read_bmeters},
    MakerFormat{kBmt, 0x17, kAny, kRecords, kRecordsEnd, Place::beside, read_bmeters},
    MakerFormat{kKam, kAny, 0x06, kRecords, kCompactEnd, Place::beside, read_kamstrup_water},
    MakerFormat{kKam, kAny, 0x07, kRecords, kCompactEnd, Place::beside, read_kamstrup_water},
    MakerFormat{kKam, kAny, 0x16, kRecords, kCompactEnd, Place::beside, read_kamstrup_water},
    MakerFormat{kKaw, kAny, 0x06, kRecords, kCompactEnd, Place::beside, read_kamstrup_water},
    MakerFormat{kKaw, kAny, 0x07, kRecords, kCompactEnd, Place::beside, read_kamstrup_water},
    MakerFormat{kKaw, kAny, 0x16, kRecords, kCompactEnd, Place::beside, read_kamstrup_water},
    MakerFormat{kKam, kAny, 0x04, kRecords, kCompactEnd, Place::beside, read_kamstrup_heat},
    MakerFormat{kKam, kAny, 0x0A, kRecords, kCompactEnd, Place::beside, read_kamstrup_heat},
    MakerFormat{kKam, kAny, 0x0B, kRecords, kCompactEnd, Place::beside, read_kamstrup_heat},
    MakerFormat{kKam, kAny, 0x0C, kRecords, kCompactEnd, Place::beside, read_kamstrup_heat},
    MakerFormat{kKam, kAny, 0x0D, kRecords, kCompactEnd, Place::beside, read_kamstrup_heat},
};

std::string stored(std::string_view name, std::uint64_t storage) { return mbus::channel_name(name, storage, 0, 0); }

}  // namespace

const MakerFormat* find_maker_format(const mbus::Identity& meter, std::uint8_t ci) {
  constexpr unsigned kNoTopBit = 0x7FFF;
  const auto* found = std::find_if(kFormats.begin(), kFormats.end(), [&](const MakerFormat& format) {
    return format.maker == (meter.maker & kNoTopBit) && ci >= format.first_ci && ci <= format.last_ci &&
           (format.version == kAny || format.version == meter.version) &&
           (format.medium == kAny || format.medium == meter.medium);
  });
  return found == kFormats.end() ? nullptr : found;
}

bool are_known(const mbus::Records& records) {
  constexpr std::size_t kSeveral = 3;
  std::size_t known = 0;
  bool total = false;
  for (const mbus::Record& record : records.list) {
    if (record.table == mbus::VifTable::maker) continue;
    const auto meaning = mbus::meaning_of(record);
    if (record.raw.kind == mbus::Raw::Kind::none || !meaning) return false;
    const core::Quantity quantity = meaning->channel.quantity;
    const bool plain = record.function == mbus::Function::instantaneous && record.tariff == 0 && record.subunit == 0;
    total = total || (plain && (quantity == core::Quantity::volume || quantity == core::Quantity::energy));
    ++known;
  }
  return total || known >= kSeveral;
}

void MakerReadings::volume(double cubic_metres, std::uint64_t storage, std::string_view name) {
  items_.push_back({{stored(name, storage), core::Quantity::volume, -3}, cubic_metres});
}

void MakerReadings::time(std::string_view name, std::optional<std::int64_t> seconds, std::uint64_t storage) {
  if (seconds) items_.push_back({{stored(name, storage), core::Quantity::time}, static_cast<double>(*seconds)});
}

void MakerReadings::flag(std::string_view name, bool set) {
  items_.push_back({{std::string(name), core::Quantity::boolean}, set ? 1.0 : 0.0});
}

void MakerReadings::number(core::ChannelSpec channel, double value) { items_.push_back({std::move(channel), value}); }

void MakerReadings::say(mbus::ChannelBook& book, mbus::Records& scratch, core::Sink& sink) const {
  if (!records_.empty() && mbus::read_records(records_, scratch)) book.records(scratch, sink);
  for (const Item& item : items_) {
    const bool boolean = item.channel.quantity == core::Quantity::boolean;
    book.reading(item.channel, boolean ? core::Value::boolean(item.value != 0.0) : core::Value::number(item.value),
                 sink);
  }
}

}  // namespace afferent::drivers::wmbus
