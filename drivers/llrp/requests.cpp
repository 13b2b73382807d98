#include "drivers/llrp/requests.h"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "drivers/llrp/writer.h"

namespace afferent::drivers::llrp {
namespace {

// Event types of ReaderEventNotificationSpec: ROSpec, buffer filling, exception, antenna.
constexpr std::array<std::uint16_t, 4> kWantedEvents{2, 3, 4, 8};
constexpr std::uint8_t kOn = 0x80;
constexpr std::uint8_t kGen2 = 1;
// AntennaID, PeakRSSI, FirstSeen, LastSeen and TagSeenCount of TagReportContentSelector, counted from its highest bit.
constexpr std::uint16_t kContent = 0x8000U >> 3 | 0x8000U >> 5 | 0x8000U >> 6 | 0x8000U >> 7 | 0x8000U >> 8;

enum class ReportTrigger : std::uint8_t { none = 0, tags_or_end_of_aispec = 1, tags_or_end_of_rospec = 2 };
enum class StartTrigger : std::uint8_t { null = 0, periodic = 2 };
enum class StopTrigger : std::uint8_t { null = 0, duration = 1 };

template <class Enum>
std::uint8_t code(Enum value) {
  return static_cast<std::uint8_t>(value);
}

std::uint32_t millis(core::Millis time) {
  constexpr core::Millis::rep kMost = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp<core::Millis::rep>(time.count(), 0, kMost));
}

void write_report_spec(Writer& writer, const Settings& settings) {
  ReportTrigger trigger =
      settings.continuous() ? ReportTrigger::tags_or_end_of_aispec : ReportTrigger::tags_or_end_of_rospec;
  if (settings.poll) trigger = ReportTrigger::none;
  const auto spec = writer.open(Param::ro_report_spec);
  writer.u8(code(trigger)).u16(settings.poll ? std::uint16_t{0} : settings.report_tags);
  const auto content = writer.open(Param::report_content);
  writer.u16(kContent);
}

void write_reader_config(Writer& writer, const Settings& settings) {
  writer.u8(0);  // no reset to the factory's settings
  {
    const auto spec = writer.open(Param::event_notification_spec);
    for (const std::uint16_t event : kWantedEvents) {
      const auto state = writer.open(Param::event_notification_state);
      writer.u16(event).u8(kOn);
    }
  }
  write_report_spec(writer, settings);
  {
    const auto spec = writer.open(Param::keepalive_spec);
    writer.u8(settings.keepalive > core::Millis::zero() ? 1 : 0).u32(millis(settings.keepalive));
  }
  const auto hold = writer.open(Param::events_and_reports);
  writer.u8(settings.hold ? kOn : 0);
}

void write_boundary(Writer& writer, const Settings& settings) {
  const bool continuous = settings.continuous();
  const auto boundary = writer.open(Param::rospec_boundary);
  {
    const auto start = writer.open(Param::rospec_start_trigger);
    writer.u8(code(continuous ? StartTrigger::null : StartTrigger::periodic));
    if (!continuous) {
      const auto period = writer.open(Param::periodic_trigger);
      writer.u32(0).u32(millis(settings.every));
    }
  }
  const auto stop = writer.open(Param::rospec_stop_trigger);
  writer.u8(code(continuous ? StopTrigger::null : StopTrigger::duration));
  writer.u32(continuous ? 0 : millis(settings.inventory_time));
}

void write_antenna(Writer& writer, std::uint16_t antenna, const Settings& settings) {
  const auto configuration = writer.open(Param::antenna_configuration);
  writer.u16(antenna);
  if (settings.power) {
    const auto transmitter = writer.open(Param::rf_transmitter);
    writer.u16(settings.hop_table).u16(settings.channel).u16(*settings.power);
  }
  if (!settings.mode && !settings.session) return;
  const auto command = writer.open(Param::c1g2_inventory_command);
  writer.u8(0);  // not aware of the tags' inventory state
  if (settings.mode) {
    const auto control = writer.open(Param::c1g2_rf_control);
    writer.u16(*settings.mode).u16(0);
  }
  if (settings.session) {
    const auto control = writer.open(Param::c1g2_singulation_control);
    writer.u8(static_cast<std::uint8_t>(*settings.session << 6)).u16(settings.population.value_or(0)).u32(0);
  }
}

void write_ai_spec(Writer& writer, const Settings& settings) {
  const std::vector<std::uint16_t> all{0};
  const std::vector<std::uint16_t>& antennas = settings.antennas.empty() ? all : settings.antennas;
  const auto spec = writer.open(Param::ai_spec);
  writer.u16(static_cast<std::uint16_t>(antennas.size()));
  for (const std::uint16_t antenna : antennas) writer.u16(antenna);
  {
    const auto stop = writer.open(Param::ai_spec_stop_trigger);
    writer.u8(code(StopTrigger::null)).u32(0);
  }
  const auto inventory = writer.open(Param::inventory_spec);
  writer.u16(1).u8(kGen2);
  if (!settings.power && !settings.mode && !settings.session) return;
  for (const std::uint16_t antenna : antennas) write_antenna(writer, antenna, settings);
}

void write_rospec(Writer& writer, const Settings& settings) {
  const auto spec = writer.open(Param::rospec);
  writer.u32(kRoSpecId).u8(0).u8(0);  // of the highest priority, disabled
  write_boundary(writer, settings);
  write_ai_spec(writer, settings);
  write_report_spec(writer, settings);
}

}  // namespace

core::Bytes request(Type type, std::uint32_t id, std::uint8_t version, const Settings& settings) {
  Writer writer(type, id, version);
  switch (type) {
    case Type::set_reader_config: write_reader_config(writer, settings); break;
    case Type::add_rospec: write_rospec(writer, settings); break;
    case Type::delete_rospec: writer.u32(kAllRoSpecs); break;
    case Type::enable_rospec:
    case Type::start_rospec:
    case Type::stop_rospec: writer.u32(kRoSpecId); break;
    default: break;  // has no body
  }
  return writer.finish();
}

}  // namespace afferent::drivers::llrp
