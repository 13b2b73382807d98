// Every sentence as a duty officer reads it, in both languages.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

#include "agent/rules/phrases.h"
#include "agent/rules/wording.h"

using namespace afferent;
using rules::Facts;
using rules::Language;
using rules::Phrase;

namespace {

// What a phrase says with values that have too many digits.
std::string said(Language language, Phrase phrase, bool cleared, std::string_view channel = "level",
                 std::string_view unit = "m") {
  const bool english = language == Language::english;
  Facts facts{.name = "Tianlin",
              .device = "level-1",
              .rule = "road-high",
              .channel = channel,
              .unit = unit,
              .severity = core::Severity::orange,
              .value = 0.312345678,
              .limit = 0.27000000000000002,
              .span = core::Nanos(5'025'678'901'234),
              .detail = english ? "a detail" : "详情",
              .other = 0.123456789,
              .when = "12:24"};
  return rules::sentence(language, phrase, cleared, facts);
}

// The longest run of digits after a point.
std::size_t most_decimals(const std::string& text) {
  std::size_t most = 0;
  for (std::size_t at = text.find('.'); at != std::string::npos; at = text.find('.', at + 1)) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789", at + 1), text.size());
    most = std::max(most, end - at - 1);
  }
  return most;
}

}  // namespace

TEST_CASE("every phrase is whole in both languages, with no more than four decimals") {
  std::string all;
  for (std::uint8_t i = 0; i < rules::kPhrases; ++i) {
    for (const Language language : {Language::english, Language::chinese}) {
      for (const bool cleared : {false, true}) {
        const std::string text = said(language, static_cast<Phrase>(i), cleared);
        all += "\n" + text;
        CAPTURE(text);
        CHECK(text.size() > 5);
        CHECK(text.ends_with(language == Language::english ? "." : "。"));
        CHECK(most_decimals(text) <= 4);
        CHECK(text.find('{') == std::string::npos);
        CHECK(text.find("  ") == std::string::npos);
        CHECK(text.find(" .") == std::string::npos);
      }
    }
  }
  MESSAGE(all);
}

TEST_CASE("a value that is hardly above its limit is not told as the limit") {
  Facts facts{
      .name = "Tianlin", .device = "", .rule = "", .channel = "level", .unit = "m", .value = 0.3002, .limit = 0.3};
  CHECK(rules::sentence(Language::english, Phrase::above, false, facts) ==
        "Water level at Tianlin is 0.3002 m, above the blue limit of 0.3 m.");
}

TEST_CASE("durations are told in whole ones, rounded") {
  const auto text = [](double seconds) {
    return rules::duration_text(Language::english, core::Nanos(static_cast<std::int64_t>(seconds * 1e9)));
  };
  CHECK(text(0) == "0 s");
  CHECK(text(0.5) == "0.5 s");
  CHECK(text(13.95945) == "14 s");
  CHECK(text(59.7) == "1 min");
  CHECK(text(61.2) == "1 min 1 s");
  CHECK(text(3599.9) == "1 h");
  CHECK(text(5025.678) == "1 h 24 min");
  CHECK(text(86'399) == "1 d");
  CHECK(text(90'061) == "1 d 1 h");
  CHECK(rules::duration_text(Language::chinese, core::Seconds(3660)) == "1小时1分钟");
}

TEST_CASE("what is expected is told from when it is told") {
  Facts facts{.name = "Tianlin",
              .device = "",
              .rule = "",
              .channel = "level",
              .unit = "m",
              .value = 0.2,
              .limit = 0.3,
              .other = 0.1};
  const auto ahead = [&](core::Nanos left, const char* when, Language language = Language::english) {
    facts.span = left;
    facts.when = when;
    const std::string text = rules::sentence(language, Phrase::forecast_rise, false, facts);
    return text.substr(text.find(language == Language::english ? "0.3 m is" : "预计"));
  };
  CHECK(ahead(std::chrono::minutes(29), "00:44") == "0.3 m is expected in 29 min, at 00:44.");
  CHECK(ahead(std::chrono::minutes(29), "") == "0.3 m is expected in 29 min.");
  CHECK(ahead(core::Seconds(59), "00:44") == "0.3 m is expected within a minute.");
  CHECK(ahead(core::Nanos(0), "00:44") == "0.3 m is expected about now.");
  CHECK(ahead(std::chrono::minutes(29), "00:44", Language::chinese) == "预计29分钟后（00:44）达到0.3 m。");
}

TEST_CASE("a name begins a sentence as it is written, a noun with a capital") {
  Facts facts{
      .name = "meter-1", .device = "meter-1", .rule = "hh-leak", .channel = "volume", .unit = "m3", .limit = {}};
  CHECK(rules::sentence(Language::english, Phrase::silent, false, facts).starts_with("meter-1 has given no good"));
  CHECK(rules::sentence(Language::english, Phrase::composite, true, facts) == "hh-leak at meter-1 is over.");
  CHECK(rules::sentence(Language::english, Phrase::unusual, true, facts).starts_with("Meter reading at meter-1"));
}

TEST_CASE("a channel of a storage or a tariff has the noun of the channel, and says which") {
  CHECK(rules::channel_text(Language::english, "volume@1") == "meter reading (storage 1)");
  CHECK(rules::channel_text(Language::english, "energy#2") == "energy (tariff 2)");
  CHECK(rules::channel_text(Language::chinese, "volume@1#3") == "累计水量（存储1）（费率3）");
  CHECK(rules::channel_text(Language::chinese, "flag_leak@2") == "漏水（存储2）");
  CHECK(rules::channel_text(Language::english, "own_thing@7") == "own thing (storage 7)");
}

TEST_CASE("every channel that a driver measures by its own tables has a noun in Chinese") {
  const std::set<std::string> housekeeping{"none", "text", "time", "duration"};
  int named = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(AFFERENT_SOURCE "/drivers")) {
    if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h") continue;
    std::ifstream file(entry.path(), std::ios::binary);
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    for (const std::string_view follows : {"\", Quantity::", "\", core::Quantity::"}) {
      for (std::size_t at = text.find(follows); at != std::string::npos; at = text.find(follows, at + 1)) {
        const std::size_t from = text.rfind('"', at - 1);
        const std::string name = text.substr(from + 1, at - from - 1);
        const std::size_t quantity = at + follows.size();
        const std::size_t end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz", quantity);
        if (!core::is_channel_name(name) || name == "flag_") continue;  // the beginning of a family
        if (housekeeping.contains(text.substr(quantity, end - quantity))) continue;
        CAPTURE(name);
        const std::string chinese = rules::channel_text(Language::chinese, name);
        CHECK(
            std::any_of(chinese.begin(), chinese.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
        ++named;
      }
    }
  }
  CHECK(named >= 100);
  for (const char* name : {"pulses", "count", "volume_due", "rain_total", "vibration", "current", "tilt_x"}) {
    CHECK_FALSE(rules::noun_of(Language::chinese, name).empty());
  }
  CHECK(rules::channel_text(Language::chinese, "level_2") == "水位2");
  CHECK(rules::channel_text(Language::english, "current_a") == "current a");
}

TEST_CASE("an end is told as it was said, not a minute early") {
  core::Stamp now{core::Seconds(1000), core::Micros{1'790'000'000'000'000}, core::ClockState::synced};
  const auto told = [&](std::int64_t off) {
    return rules::until_text(rules::Language::english, {}, now,
                             now.boot + core::Nanos(std::chrono::hours(2)) + core::Nanos(off));
  };
  now.utc = std::chrono::sys_days(std::chrono::year(2026) / 7 / 1).time_since_epoch() + std::chrono::hours(12);
  for (const std::int64_t off : {-400'000'000, -1000, -1, 0, 1, 1000, 400'000'000}) CHECK(told(off) == "until 14:00");
  CHECK(told(-1'000'000'000) == "until 13:59");
}
