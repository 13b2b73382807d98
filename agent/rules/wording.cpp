#include "agent/rules/wording.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace afferent::rules {
namespace {

using Pair = std::array<std::string_view, 2>;  // in the order of Language

struct PhraseText {
  Pair active;
  Pair cleared;
};

// In the order of Phrase.
constexpr std::array<PhraseText, kPhrases> kPhraseTexts{{
    {{"{channel} at {name} is {value} {unit}, above the {severity} limit of {limit} {unit}.",
      "{name}的{channel}为{value} {unit}，高于{severity}限值{limit} {unit}。"},
     {"{channel} at {name} is back to {value} {unit}.", "{name}的{channel}已恢复到{value} {unit}。"}},
    {{"{channel} at {name} is {value} {unit}, below the {severity} limit of {limit} {unit}.",
      "{name}的{channel}为{value} {unit}，低于{severity}限值{limit} {unit}。"},
     {"{channel} at {name} is back to {value} {unit}.", "{name}的{channel}已恢复到{value} {unit}。"}},
    {{"{name} reports: {channel}.", "{name}报告：{channel}。"},
     {"{name} no longer reports: {channel}.", "{name}不再报告：{channel}。"}},
    {{"{name} reports: not {channel}.", "{name}报告：非{channel}。"},
     {"{name} reports again: {channel}.", "{name}重新报告：{channel}。"}},
    {{"{channel} at {name} rose by {value} {unit} within {span}, more than the {severity} limit of {limit} {unit}.",
      "{name}的{channel}在{span}内上升了{value} {unit}，超过{severity}限值{limit} {unit}。"},
     {"{channel} at {name} no longer rises fast.", "{name}的{channel}不再快速上升。"}},
    {{"{channel} at {name} fell by {value} {unit} within {span}, more than the {severity} limit of {limit} {unit}.",
      "{name}的{channel}在{span}内下降了{value} {unit}，超过{severity}限值{limit} {unit}。"},
     {"{channel} at {name} no longer falls fast.", "{name}的{channel}不再快速下降。"}},
    {{"{name} has given no good reading of {channel} for {span}.", "{name}已有{span}没有{channel}的有效读数。"},
     {"{name} gives good readings of {channel} again.", "{name}的{channel}读数已恢复。"}},
    {{"{channel} at {name} reads {value} {unit}, which is not a valid value.",
      "{name}的{channel}读数为{value} {unit}，超出有效范围。"},
     {"{channel} at {name} is valid again: {value} {unit}.", "{name}的{channel}读数恢复有效：{value} {unit}。"}},
}};

constexpr std::array<Pair, 4> kSeverities{{{"blue", "蓝色"}, {"yellow", "黄色"}, {"orange", "橙色"}, {"red", "红色"}}};

struct Noun {
  std::string_view channel;
  Pair text;
};
constexpr std::array kNouns{
    Noun{"", {"any channel", "任何通道"}},
    Noun{"level", {"water level", "水位"}},
    Noun{"distance", {"distance to the water", "水面距离"}},
    Noun{"volume", {"meter reading", "累计水量"}},
    Noun{"volume_reverse", {"reverse volume", "反向水量"}},
    Noun{"flow", {"flow", "流量"}},
    Noun{"energy", {"energy", "热量"}},
    Noun{"power", {"power", "功率"}},
    Noun{"temperature", {"temperature", "温度"}},
    Noun{"supply_temperature", {"supply temperature", "供水温度"}},
    Noun{"return_temperature", {"return temperature", "回水温度"}},
    Noun{"rain", {"rain", "雨量"}},
    Noun{"pressure", {"pressure", "压力"}},
    Noun{"tilt", {"tilt", "倾角"}},
    Noun{"open", {"open", "打开"}},
    Noun{"flooded", {"flooded", "积水"}},
    Noun{"moved", {"moved", "移动"}},
    Noun{"valve", {"valve", "阀门"}},
    Noun{"battery", {"battery", "电池电量"}},
    Noun{"voltage", {"voltage", "电压"}},
    Noun{"rssi", {"signal strength", "信号强度"}},
    Noun{"flag_low_battery", {"low battery", "电池电量低"}},
    Noun{"flag_leak", {"leak", "漏水"}},
    Noun{"flag_burst", {"burst pipe", "爆管"}},
    Noun{"flag_dry", {"empty pipe", "空管"}},
    Noun{"flag_reverse", {"reverse flow", "倒流"}},
    Noun{"flag_tamper", {"tampering", "拆动"}},
};

struct UnitSign {
  std::string_view unit;
  std::string_view sign;
};
constexpr std::array kUnitSigns{UnitSign{"m3", "m³"}, UnitSign{"m3/h", "m³/h"}, UnitSign{"degC", "°C"},
                                UnitSign{"deg", "°"}, UnitSign{"m/s2", "m/s²"}};

std::string_view in(Language language, const Pair& pair) { return pair[static_cast<std::size_t>(language)]; }

std::string channel_text(Language language, std::string_view channel) {
  for (const Noun& noun : kNouns) {
    if (noun.channel == channel) return std::string(in(language, noun.text));
  }
  std::string text(channel.starts_with("flag_") ? channel.substr(5) : channel);
  for (char& c : text) {
    if (c == '_') c = ' ';
  }
  return text;
}

std::string unit_text(std::string_view unit) {
  for (const UnitSign& sign : kUnitSigns) {
    if (sign.unit == unit) return std::string(sign.sign);
  }
  return std::string(unit);
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
    Placeholder{"value", [](Language, const Facts& f) { return number_text(f.value); }},
    Placeholder{"limit", [](Language, const Facts& f) { return f.limit ? number_text(*f.limit) : std::string("-"); }},
    Placeholder{"unit", [](Language, const Facts& f) { return unit_text(f.unit); }},
    Placeholder{"severity",
                [](Language l, const Facts& f) {
                  return std::string(in(l, kSeverities[static_cast<std::size_t>(f.severity)]));
                }},
    Placeholder{"span", [](Language l, const Facts& f) { return duration_text(l, f.span); }},
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

void capitalize(std::string& text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
}

}  // namespace

std::optional<Language> language_named(std::string_view name) {
  if (name == "en") return Language::english;
  if (name == "zh") return Language::chinese;
  return std::nullopt;
}

std::string number_text(double value) {
  const double magnitude = std::abs(value);
  if (magnitude >= 1e15 || (magnitude > 0 && magnitude < 1e-6)) return fmt::format("{:.7g}", value);
  const int digits = magnitude < 1 ? 0 : static_cast<int>(std::floor(std::log10(magnitude)));
  std::string text = fmt::format("{:.{}f}", value, std::max(0, 6 - digits));
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return text == "-0" ? "0" : text;
}

std::string duration_text(Language language, core::Nanos time) {
  struct Unit {
    double seconds;
    Pair text;
  };
  constexpr std::array kUnits{Unit{86'400, {" d", "天"}}, Unit{3600, {" h", "小时"}}, Unit{60, {" min", "分钟"}}};
  const double seconds = static_cast<double>(time.count()) / 1e9;
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    if (seconds < kUnits[i].seconds) continue;
    const double whole = std::floor(seconds / kUnits[i].seconds);
    std::string text = fmt::format("{:.0f}{}", whole, in(language, kUnits[i].text));
    if (i + 1 == kUnits.size()) {
      const double rest = std::floor(seconds - whole * kUnits[i].seconds);
      if (rest >= 1)
        text += fmt::format("{}{:.0f}{}", language == Language::english ? " " : "", rest,
                            language == Language::english ? " s" : "秒");
      return text;
    }
    const double rest = std::floor((seconds - whole * kUnits[i].seconds) / kUnits[i + 1].seconds);
    if (rest >= 1)
      text +=
          fmt::format("{}{:.0f}{}", language == Language::english ? " " : "", rest, in(language, kUnits[i + 1].text));
    return text;
  }
  return number_text(seconds) + (language == Language::english ? " s" : "秒");
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

std::string sentence(Language language, Phrase phrase, bool cleared, const Facts& facts) {
  const PhraseText& texts = kPhraseTexts[static_cast<std::size_t>(phrase)];
  const auto made = Template::parse(in(language, cleared ? texts.cleared : texts.active));
  if (!made) return {};
  std::string text = made->fill(language, facts);
  capitalize(text);
  return text;
}

}  // namespace afferent::rules
