// What an alert says to a person. Values only; nothing here decides anything.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/core/alert.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
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
};

// The kind's own sentence.
std::string sentence(Language language, Phrase phrase, bool cleared, const Facts& facts);

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

std::string number_text(double value);  // seven significant digits, no trailing zeros, no exponent below 1e15
std::string duration_text(Language language, core::Nanos time);  // "45 s", "2 h 5 min"

}  // namespace afferent::rules
