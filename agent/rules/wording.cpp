#include "agent/rules/wording.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

#include "agent/rules/compare.h"
#include "agent/rules/phrases.h"

namespace afferent::rules {
namespace {

constexpr std::array<Pair, 4> kSeverities{{{"blue", "蓝色"}, {"yellow", "黄色"}, {"orange", "橙色"}, {"red", "红色"}}};

struct UnitSign {
  std::string_view unit;
  std::string_view sign;
};
constexpr std::array kUnitSigns{UnitSign{"m3", "m³"}, UnitSign{"m3/h", "m³/h"}, UnitSign{"degC", "°C"},
                                UnitSign{"deg", "°"}, UnitSign{"m/s2", "m/s²"}};

// "level_2" and "current_a" are one of several that have the noun in common.
std::string stem_text(Language language, std::string_view stem) {
  std::string text(noun_of(language, stem));
  const std::size_t last = stem.rfind('_');
  if (text.empty() && last != std::string_view::npos) {
    const std::string_view which = stem.substr(last + 1);
    const bool one = which.size() == 1 || which.find_first_not_of("0123456789") == std::string_view::npos;
    const std::string_view noun = noun_of(language, stem.substr(0, last));
    if (one && !noun.empty()) text = fmt::format("{}{}{}", noun, language == Language::english ? " " : "", which);
  }
  if (!text.empty()) return text;
  text = stem.starts_with("flag_") ? stem.substr(5) : stem;
  std::replace(text.begin(), text.end(), '_', ' ');
  return text;
}

std::string unit_text(std::string_view unit) {
  for (const UnitSign& sign : kUnitSigns) {
    if (sign.unit == unit) return std::string(sign.sign);
  }
  return std::string(unit);
}

// How many decimals a person wants to read.
struct Decimals {
  std::string_view unit;
  int least;  // where the value has them: the litres of a meter's total, the centimetres of a level
  int most;
};
constexpr std::array kDecimals{Decimals{"m3", 3, 4},  Decimals{"m", 2, 3}, Decimals{"degC", 1, 2},
                               Decimals{"deg", 0, 1}, Decimals{"%", 0, 1}, Decimals{"mm", 1, 2},
                               Decimals{"kPa", 1, 2}, Decimals{"V", 2, 3}, Decimals{"dBm", 0, 0},
                               Decimals{"kWh", 1, 3}, Decimals{"", 1, 4}};  // the last: all others

const Decimals& decimals_of(std::string_view unit) {
  for (const Decimals& one : kDecimals) {
    if (one.unit == unit) return one;
  }
  return kDecimals.back();
}

std::string fixed(double value, int decimals) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

// With as many digits as it takes to tell it from the limit, if it is another number.
std::string value_text(const Facts& facts) {
  constexpr int kMost = 12;
  std::string text = number_text(facts.value, facts.unit);
  if (!facts.limit || excess(facts.value, *facts.limit) == 0.0) return text;
  if (text != number_text(*facts.limit, facts.unit)) return text;
  for (int decimals = 1; decimals <= kMost; ++decimals) {
    if (std::string finer = fixed(facts.value, decimals); finer != fixed(*facts.limit, decimals)) return finer;
  }
  return text;
}

std::string ahead_text(Language language, core::Nanos span, std::string_view when) {
  const bool english = language == Language::english;
  if (span <= core::Nanos::zero()) return english ? "about now" : "此刻前后";
  if (span < core::Seconds(60)) return english ? "within a minute" : "1分钟内";
  const std::string left = duration_text(language, span);
  if (when.empty()) return english ? "in " + left : left + "后";
  return english ? fmt::format("in {}, at {}", left, when) : fmt::format("{}后（{}）", left, when);
}

struct Placeholder {
  std::string_view name;
  std::string (*text)(Language language, const Facts& facts);
};
constexpr std::array kPlaceholders{
    Placeholder{"name", [](Language, const Facts& f) { return std::string(f.name); }},
    Placeholder{"device", [](Language, const Facts& f) { return std::string(f.device); }},
    Placeholder{"rule", [](Language, const Facts& f) { return std::string(f.rule); }},
    Placeholder{"channel", [](Language l, const Facts& f) { return channel_text(l, f.channel); }},
    Placeholder{"value", [](Language, const Facts& f) { return value_text(f); }},
    Placeholder{"limit",
                [](Language, const Facts& f) { return f.limit ? number_text(*f.limit, f.unit) : std::string("-"); }},
    Placeholder{"unit", [](Language, const Facts& f) { return unit_text(f.unit); }},
    Placeholder{"severity",
                [](Language l, const Facts& f) {
                  return std::string(in(l, kSeverities[static_cast<std::size_t>(f.severity)]));
                }},
    Placeholder{"span", [](Language l, const Facts& f) { return duration_text(l, f.span); }},
    Placeholder{"detail", [](Language, const Facts& f) { return std::string(f.detail); }},
    Placeholder{"other",
                [](Language, const Facts& f) { return f.other ? number_text(*f.other, f.unit) : std::string("-"); }},
    Placeholder{"when", [](Language, const Facts& f) { return f.when.empty() ? std::string("-") : f.when; }},
    Placeholder{"ahead", [](Language l, const Facts& f) { return ahead_text(l, f.span, f.when); }},
};

const Placeholder* placeholder_named(std::string_view name) {
  for (const Placeholder& candidate : kPlaceholders) {
    if (candidate.name == name) return &candidate;
  }
  return nullptr;
}

std::string placeholder_names() {
  std::string all;
  for (const Placeholder& one : kPlaceholders) all += fmt::format("{}{{{}}}", all.empty() ? "" : ", ", one.name);
  return all;
}

// A name begins a sentence as it is written.
bool begins_with_name(std::string_view text) {
  return text.starts_with("{name}") || text.starts_with("{device}") || text.starts_with("{rule}");
}

void capitalize(std::string& text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
}

}  // namespace

std::optional<Language> language_named(std::string_view name) {
  if (name == "en") return Language::english;
  if (name == "zh") return Language::chinese;
  return std::nullopt;
}

std::string_view severity_text(Language language, core::Severity severity) {
  return in(language, kSeverities[static_cast<std::size_t>(severity)]);
}

std::string channel_text(Language language, std::string_view channel) {
  static constexpr Pair kStorage{" (storage {})", "（存储{}）"};
  static constexpr Pair kTariff{" (tariff {})", "（费率{}）"};
  const std::size_t end = std::min(channel.find_first_of("@#"), channel.size());
  const std::string_view stem = channel.substr(0, end);
  std::string text = stem_text(language, stem);
  const std::size_t tariff = std::min(channel.find('#'), channel.size());
  if (end < tariff)
    text += fmt::format(fmt::runtime(in(language, kStorage)), channel.substr(end + 1, tariff - end - 1));
  if (tariff < channel.size()) text += fmt::format(fmt::runtime(in(language, kTariff)), channel.substr(tariff + 1));
  return text;
}

std::string number_text(double value, std::string_view unit) {
  const double magnitude = std::abs(value);
  if (magnitude >= 1e15 || (magnitude > 0 && magnitude < 1e-9)) return fmt::format("{:.4g}", value);
  const Decimals& known = decimals_of(unit);
  const int digits = magnitude > 0 ? static_cast<int>(std::floor(std::log10(magnitude))) : 0;
  const std::string text = fixed(value, std::clamp(3 - digits, known.least, known.most));
  // What is less than the last decimal is not nothing: a drip is told with its first digit.
  return text == "0" && magnitude > 0 ? fixed(value, -digits) : text;
}

std::string amount_text(double value, std::string_view unit) {
  return number_text(value, unit) + (unit.empty() ? "" : " ") + unit_text(unit);
}

std::string duration_text(Language language, core::Nanos time) {
  struct Unit {
    std::int64_t seconds;
    std::int64_t grain;  // s; what is shorter is rounded
    Pair text;
  };
  static constexpr std::array<Unit, 4> kUnits{
      {{86'400, 3600, {" d", "天"}}, {3600, 60, {" h", "小时"}}, {60, 1, {" min", "分钟"}}, {1, 1, {" s", "秒"}}}};
  const double exact = static_cast<double>(time.count()) / 1e9;
  if (exact > 0 && exact < 1) return fmt::format("{:.1g}{}", exact, in(language, kUnits[3].text));
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    const auto grain = static_cast<double>(kUnits[i].grain);
    const std::int64_t rounded = std::llround(exact / grain) * kUnits[i].grain;
    if (rounded < kUnits[i].seconds && i + 1 < kUnits.size()) continue;
    std::string text = fmt::format("{}{}", rounded / kUnits[i].seconds, in(language, kUnits[i].text));
    if (i + 1 == kUnits.size()) return text;
    const std::int64_t rest = rounded % kUnits[i].seconds / kUnits[i + 1].seconds;
    if (rest == 0) return text;
    return fmt::format("{}{}{}{}", text, language == Language::english ? " " : "", rest,
                       in(language, kUnits[i + 1].text));
  }
  return {};
}

core::Result<Template> Template::parse(std::string_view text) {
  Template made;
  std::string literal;
  const auto close_literal = [&] {
    if (!literal.empty()) made.parts_.push_back({std::move(literal), false});
    literal.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c != '{' && c != '}') {
      literal += c;
    } else if (i + 1 < text.size() && text[i + 1] == c) {
      literal += c;
      ++i;
    } else if (const std::size_t end = text.find('}', i); c == '}' || end == std::string_view::npos) {
      return core::Error(core::ErrorCode::bad_config,
                         fmt::format("column {}: a single '{}'; write {}{} for a brace", i + 1, c, c, c));
    } else {
      const std::string_view name = text.substr(i + 1, end - i - 1);
      if (placeholder_named(name) == nullptr) {
        return core::Error(core::ErrorCode::bad_config,
                           fmt::format("column {}: there is no {{{}}}; allowed: {}", i + 1, name, placeholder_names()));
      }
      close_literal();
      made.parts_.push_back({std::string(name), true});
      i = end;
    }
  }
  close_literal();
  return made;
}

std::string Template::fill(Language language, const Facts& facts) const {
  std::string text;
  for (const Part& part : parts_) {
    if (!part.placeholder) {
      text += part.text;
      continue;
    }
    const std::string word = placeholder_named(part.text)->text(language, facts);
    if (word.empty() && part.text == "unit" && text.ends_with(' ')) text.pop_back();
    text += word;
  }
  return text;
}

std::string moment_text(const core::Zone& zone, const core::Stamp& now, core::Micros utc) {
  if (now.clock == core::ClockState::unsynced) return {};
  const core::LocalTime then = zone.local(utc);
  return then.day == zone.local(now.utc).day ? core::time_of_day(then) : core::date_and_time(then);
}

std::string until_text(Language language, const core::Zone& zone, const core::Stamp& now, core::Nanos boot) {
  const bool english = language == Language::english;
  const core::Nanos left = boot - now.boot;
  if (now.clock == core::ClockState::unsynced) return (english ? "for " : "") + duration_text(language, left);
  // Boot time and UTC are read one after the other, and a minute that is just missed is another one.
  const core::Micros utc = std::chrono::round<core::Seconds>(now.utc + std::chrono::duration_cast<core::Micros>(left));
  return (english ? "until " : "至") + moment_text(zone, now, utc);
}

std::string with_notice(Language language, const NoticeFacts& facts, std::string_view sentence) {
  const bool english = language == Language::english;
  const auto severity = [&](core::Severity one) { return in(language, kSeverities[static_cast<std::size_t>(one)]); };
  const std::string note =
      facts.note.empty() ? std::string() : fmt::format(fmt::runtime(english ? " ({})" : "（{}）"), facts.note);
  std::string text(sentence);
  switch (facts.notice) {
    case Notice::none: break;
    case Notice::escalated:
      return fmt::format(fmt::runtime(english ? "Now {}, was {}: {}" : "升级为{}（原为{}）：{}"),
                         severity(facts.severity), severity(facts.from), sentence);
    case Notice::acknowledged:
      if (english) return fmt::format("Acknowledged by {}{}: {}", facts.who, note, sentence);
      return fmt::format("{}已确认{}：{}", facts.who, note, sentence);
    case Notice::shelved:
      if (english) return fmt::format("Shelved by {} {}{}: {}", facts.who, facts.until, note, sentence);
      return fmt::format("{}已搁置{}{}：{}", facts.who, facts.until, note, sentence);
    case Notice::unshelved: return (english ? "No longer shelved: " : "搁置结束：") + text;
    case Notice::flapping:
      return fmt::format(fmt::runtime(english ? "{0} Raised {1} times within {2}: held until nothing was wrong for {3}."
                                              : "{0}{2}内报警{1}次，持续正常{3}后解除。"),
                         sentence, facts.times, duration_text(language, facts.within),
                         duration_text(language, facts.calm));
  }
  if (facts.lasted && *facts.lasted >= core::Seconds(60)) {
    text += fmt::format(fmt::runtime(english ? " It lasted {}." : "持续{}。"), duration_text(language, *facts.lasted));
  }
  return text;
}

std::string sentence(Language language, Phrase phrase, bool cleared, const Facts& facts) {
  const std::string_view form = text_of(language, phrase, cleared);
  const auto made = Template::parse(form);
  if (!made) return {};
  std::string text = made->fill(language, facts);
  if (!begins_with_name(form)) capitalize(text);
  return text;
}

}  // namespace afferent::rules
