#include "agent/config/line.h"

#include <array>

#include "agent/config/units.h"

namespace afferent::config {
namespace {

constexpr std::array<const char*, 3> kParts{"data_bits", "parity", "stop_bits"};

core::Parity parity_named(std::string_view name) {
  if (name == "even") return core::Parity::even;
  return name == "odd" ? core::Parity::odd : core::Parity::none;
}

}  // namespace

core::LineSettings GivenLine::over(core::LineSettings base) const {
  base.baud = baud.value_or(base.baud);
  base.data_bits = data_bits.value_or(base.data_bits);
  base.parity = parity.value_or(base.parity);
  base.stop_bits = stop_bits.value_or(base.stop_bits);
  return base;
}

GivenLine given_line(const core::ConfigNode& table, const std::string& path, Problems& problems) {
  GivenLine line;
  if (table.has("baud")) line.baud = static_cast<std::uint32_t>(table["baud"].integer());
  if (table.has("data_bits")) line.data_bits = static_cast<std::uint8_t>(table["data_bits"].integer());
  if (table.has("parity")) line.parity = parity_named(table["parity"].text());
  if (table.has("stop_bits")) line.stop_bits = static_cast<std::uint8_t>(table["stop_bits"].integer());
  const core::ConfigNode& framing = table["framing"];
  if (framing.empty()) return line;
  const std::optional<core::LineSettings> parsed = parse_framing(framing.text());
  if (!parsed) {
    add(problems, framing.source(), path + ".framing",
        shown(framing) +
            " is not a framing; expected data bits 5 to 8, parity N, E or O and stop bits 1 or 2, e.g. \"8E1\"");
    return line;
  }
  for (const char* part : kParts) {
    if (table.has(part)) {
      add(problems, table[part].source(), path + "." + part,
          "says again what framing says at " + framing.source().text() + "; keep one of them");
    }
  }
  line.data_bits = parsed->data_bits;
  line.parity = parsed->parity;
  line.stop_bits = parsed->stop_bits;
  return line;
}

void refuse_line(const core::ConfigNode& table, const std::string& path, const std::string& why, Problems& problems) {
  for (const char* key : {"baud", "framing", "data_bits", "parity", "stop_bits"}) {
    if (table.has(key)) add(problems, table[key].source(), path + "." + key, why);
  }
}

}  // namespace afferent::config
