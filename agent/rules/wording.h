// What an alert says to a person. Values only; nothing here decides anything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/alert.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "agent/core/zone.h"
#include "agent/rules/kind.h"
#include "agent/rules/setup.h"

namespace afferent::rules {

struct Facts {
  std::string_view name;    // of the device, for people
  std::string_view device;  // its id
  std::string_view rule;
  std::string_view channel;
  std::string_view unit;
  core::Severity severity = core::Severity::blue;
  double value = 0.0;
  std::optional<double> limit;
  core::Nanos span{};
  std::string_view detail = {};
  std::optional<double> other = {};
  std::string when = {};  // for people; empty: unknown
};

// The kind's own sentence.
std::string sentence(Language language, Phrase phrase, bool cleared, const Facts& facts);

std::string_view severity_text(Language language, core::Severity severity);
// "water level", "meter reading (tariff 2)": what people call a channel; its name where nobody calls it anything.
std::string channel_text(Language language, std::string_view channel);

// What happened to an alert beside that it is there.
enum class Notice : std::uint8_t { none, escalated, acknowledged, shelved, unshelved, flapping };

struct NoticeFacts {
  Notice notice = Notice::none;
  core::Severity from = core::Severity::blue;  // before it escalated
  core::Severity severity = core::Severity::blue;
  std::string_view who = {};
  std::string_view note = {};
  std::string until = {};  // of a shelf
  std::uint32_t times = 0;
  core::Nanos within{};
  core::Nanos calm{};
  std::optional<core::Nanos> lasted = {};  // of an alert that is over
};

// "Acknowledged by Wang Li (pump is on its way): Water level at ..."
std::string with_notice(Language language, const NoticeFacts& facts, std::string_view sentence);

// "14:30", or "2026-07-02 14:30" when that is another day than `now`; empty while the clock is not right.
std::string moment_text(const core::Zone& zone, const core::Stamp& now, core::Micros utc);
// "until 14:30", or "for 2 h" while the clock is not right.
std::string until_text(Language language, const core::Zone& zone, const core::Stamp& now, core::Nanos boot);

// A sentence from the configuration: "Close the gate at {name}: {value} {unit}". "{{" and "}}" stand for braces.
class Template {
 public:
  Template() = default;
  // Error{bad_config} names the placeholder that does not exist and those that do, or where a brace is left open.
  static core::Result<Template> parse(std::string_view text);
  bool empty() const { return parts_.empty(); }
  std::string fill(Language language, const Facts& facts) const;

 private:
  struct Part {
    std::string text;  // a literal, or the name of a placeholder
    bool placeholder = false;
  };
  std::vector<Part> parts_;
};

std::string amount_text(double value, std::string_view unit);  // "1234.56 m³"; without a unit the number alone
// Four significant digits, but no more and no fewer decimals than make sense in the unit; no trailing zeros, no
// exponent between 1e-9 and 1e15.
std::string number_text(double value, std::string_view unit = {});
std::string duration_text(Language language, core::Nanos time);  // "45 s", "2 h 5 min": rounded to whole ones

}  // namespace afferent::rules
