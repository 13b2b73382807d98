// What each kind keeps over a restart: no more than it says, and nothing that is damaged, of another kind or of another
// version does harm.
#include <algorithm>
#include <array>
#include <cmath>

#include "agent/rules/kind.h"
#include "agent/rules/saved.h"
#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

constexpr double kStep = 300.0;  // s between two readings of a life
constexpr std::uint32_t kNumber = 0, kOther = 2, kVolume = 10, kTilt = 20, kFlag = 21, kTag = 30;
constexpr std::size_t kLearnedHeader = 1 + 8 + 17;  // beside the kind's name

// One rule of a kind, with options by which it has much to remember.
struct Case {
  const char* kind;
  const char* channel;
  core::ConfigNode options;
};

std::vector<Case> cases() {
  return {
      {"threshold", "level", table({{"steps", four_colours()}, {"hold", number(600)}, {"clear_hold", number(900)}})},
      {"rate", "level", table({{"rise", number(0.25)}, {"per", number(600)}, {"hold", number(300)}})},
      {"silent", "level", table({{"after", number(400)}})},
      {"range", "level", table({{"hold", number(300)}})},
      {"stuck", "level", table({{"after", number(600)}, {"only_if", text("battery")}})},
      {"window", "level",
       table({{"measure", text("quantile")},
              {"quantile", number(0.5)},
              {"over", number(200'000)},
              {"coverage", number(0.2)},
              {"above", number(0.2)}})},
      {"forecast", "level", table({{"above", number(0.8)}, {"within", number(36'000)}, {"trend", number(36'000)}})},
      {"composite", "", table({{"when", text("level > 0.3")}, {"hold", number(600)}})},
      {"agree", "level", table({{"tolerance", number(0.05)}, {"hold", number(600)}})},
      {"anomaly", "level", table({{"false_alarms", number(1000)}, {"warm_up", number(0)}})},
      {"onset", "level", table({{"rise", number(0.2)}})},
      {"leak", "level", table({{"warm_up", number(0)}})},
      {"no_use", "volume", table({{"over", number(7200)}})},
      {"continuous", "volume", table({})},
      {"meter", "volume", table({})},
      {"flags", "", table({{"hold", number(600)}})},
      {"manhole", "", table({})},
      {"flood", "level", table({{"begin", number(0.1)}})},
      {"custody", "", table({})},
      {"cylinders", "", table({{"check", text("too_many")}, {"most", node(std::int64_t{1})}})},
  };
}

rules::RuleSetup setup_of(const Case& one) {
  rules::RuleSetup setup = rule(one.kind, one.options, one.channel);
  if (setup.kind == "agree") setup.devices.push_back(core::DeviceId{1});
  return setup;
}

Bench bench_of(const Case& one) {
  Bench bench(setup_of(one));
  bench.add(kVolume, 0, "volume", core::Quantity::volume);
  bench.add(kTilt, 0, "tilt", core::Quantity::angle);
  bench.add(kFlag, 0, "flag_leak", core::Quantity::boolean);
  bench.add(kTag, 0, "tag", core::Quantity::text);
  bench.add(kTag + 1, 0, "antenna", core::Quantity::none);
  return bench;
}

// Water that comes and goes, a meter that stops, runs back and is exchanged, a cover that is lifted, many cylinders.
void hour(Bench& bench, int n) {
  const double wave = 0.3 + 0.3 * std::sin(n / 20.0) + 0.01 * (n * 7 % 5);
  const double total = n < 300 ? 100 + 0.02 * (n % 50 < 30 ? n : n / 50 * 50 + 30) : n < 400 ? 99.0 : 3.0 + 0.01 * n;
  const double t = n * kStep;
  bench.run_until(t);
  const bool bad = n % 53 > 48;
  if (n % 70 > 3) {
    bench.say(t,
              core::Value::number(bad           ? 99
                                  : n % 97 < 10 ? 0.25
                                                : wave),
              bad ? core::Quality::bad : core::Quality::good, false, kNumber);
  }
  bench.say_on(1, t, 90 - n * 0.01);
  bench.say_on(kOther, t, wave + (n % 200 > 150 ? 0.4 : 0.0));
  bench.say_on(kVolume, t, total);
  bench.say_all(t,
                {{kTilt, core::Value::number(n % 90 > 60 ? 70.0 : 2.0)}, {kFlag, core::Value::boolean(n % 80 > 50)}});
  for (int tag = 0; tag < (n == 500 ? 400 : n % 60 < 40 ? 20 : 5); ++tag) {
    const std::string epc = std::string(120, 'A') + std::to_string(1000 + tag);
    for (int twice = 0; twice < 2; ++twice) {
      bench.say_all(t + 1, {{kTag, core::Value::text(epc)}, {kTag + 1, core::Value::number(tag % 3)}});
    }
  }
}

std::size_t own_bytes(const core::StateChange& state, std::string_view kind) {
  if (state.key.starts_with("learned/")) return state.bytes.size() - kLearnedHeader - kind.size();
  const auto saved = rules::unpack(state.bytes, state.version);
  REQUIRE(saved.ok());
  return saved->own.size();
}

// The states of a life, each as it was when it was largest.
struct Kept {
  std::map<std::string, core::StateChange> states;
  std::size_t saved = 0;
  std::size_t learned = 0;
};

Kept live(const Case& one) {
  Bench bench = bench_of(one);
  Kept kept;
  for (int n = 0; n < 900; ++n) {
    hour(bench, n);
    if (n % 30 == 29) bench.engine->close(bench.at(n * kStep + 2), bench.out);
    for (const auto& [key, state] : bench.out.states) {
      const std::size_t size = own_bytes(state, one.kind);
      std::size_t& most = key.starts_with("learned/") ? kept.learned : kept.saved;
      if (!kept.states.contains(key) || size >= most) kept.states[key] = state;
      most = std::max(most, size);
    }
  }
  return kept;
}

const std::vector<std::pair<Case, Kept>>& lives() {
  static const auto kLives = [] {
    std::vector<std::pair<Case, Kept>> all;
    for (const Case& one : cases()) all.emplace_back(one, live(one));
    return all;
  }();
  return kLives;
}

// A new start with these states, and some hours after it. True when nothing was refused.
bool start_with(const Case& one, const std::map<std::string, core::StateChange>& states, std::uint64_t boot = 1) {
  Bench bench = bench_of(one);
  const bool taken = bench.restore(states, 901 * kStep, boot).ok();
  for (int n = 902; n < 912; ++n) hour(bench, n);
  bench.engine->close(bench.at(912 * kStep), bench.out);
  const rules::Kind* kind = rules::kind_named(one.kind);
  for (const auto& [key, state] : bench.out.states) {
    CHECK(own_bytes(state, one.kind) <= (key.starts_with("learned/") ? kind->most_learned : kind->most_saved));
  }
  for (const core::Alert& alert : bench.out.alerts) CHECK(std::isfinite(alert.value));
  return taken;
}

bool start_with(const Case& one, core::StateChange state, std::uint64_t boot = 1) {
  const std::string key = state.key;
  return start_with(one, {{key, std::move(state)}}, boot);
}

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed) {}
  std::uint32_t roll(std::uint32_t sides) {
    state_ = state_ * 6364136223846793005U + 1442695040888963407U;
    return static_cast<std::uint32_t>(state_ >> 33) % sides;
  }

 private:
  std::uint64_t state_;
};

}  // namespace

TEST_CASE("every kind is lived through, and keeps something where it says so") {
  CHECK(lives().size() == rules::all_kinds().size());
  for (const rules::Kind* kind : rules::all_kinds()) {
    CAPTURE(kind->spec.name);
    const auto found = std::find_if(lives().begin(), lives().end(),
                                    [kind](const auto& life) { return life.first.kind == kind->spec.name; });
    REQUIRE(found != lives().end());
    CHECK((found->second.saved > 0) == (kind->most_saved > 0));
    CHECK((found->second.learned > 0) == (kind->most_learned > 0));
  }
}

TEST_CASE("no kind keeps more than it says, and none says more than is allowed") {
  std::string sizes;
  for (const auto& [one, kept] : lives()) {
    CAPTURE(one.kind);
    const rules::Kind* kind = rules::kind_named(one.kind);
    CHECK(kept.saved <= kind->most_saved);
    CHECK(kept.learned <= kind->most_learned);
    CHECK(kind->most_saved <= 1024);
    CHECK(kind->most_learned <= 16 * 1024);
    sizes += std::string(one.kind) + " " + std::to_string(kept.saved) + "+" + std::to_string(kept.learned) + ", ";
  }
  for (const char* small : {"threshold", "rate"}) {
    CHECK(rules::instance_bytes(small) <= 256);
    CHECK(rules::kind_named(small)->most_saved <= 256);
    CHECK(rules::kind_named(small)->most_learned <= 256);
  }
  CHECK(rules::kind_named("threshold")->most_learned == 0);
  MESSAGE("bytes saved + learned: " << sizes);
}

TEST_CASE("whole states are taken by the same kind, in the same boot and in another") {
  for (const auto& [one, kept] : lives()) {
    CAPTURE(one.kind);
    CHECK(start_with(one, kept.states));
    CHECK(start_with(one, kept.states, 2));
  }
}

TEST_CASE("a state that is cut off anywhere, or too long, is refused by every kind") {
  for (const auto& [one, kept] : lives()) {
    for (const auto& [key, state] : kept.states) {
      CAPTURE(key);
      CAPTURE(one.kind);
      const std::size_t stride = std::max<std::size_t>(1, state.bytes.size() / 40);
      for (std::size_t length = 1; length < state.bytes.size(); length += stride) {
        core::StateChange cut = state;
        cut.bytes.resize(length);
        CAPTURE(length);
        CHECK_FALSE(start_with(one, cut));
      }
      core::StateChange longer = state;
      longer.bytes.push_back(0);
      CHECK_FALSE(start_with(one, longer));
    }
  }
}

TEST_CASE("the part of a kind alone that is cut off, or too long, is refused too") {
  for (const auto& [one, kept] : lives()) {
    const auto found = kept.states.find("rule/road/level-1");
    if (found == kept.states.end()) continue;
    const auto saved = rules::unpack(found->second.bytes, found->second.version);
    REQUIRE(saved.ok());
    CAPTURE(one.kind);
    for (std::size_t length = 0; length <= saved->own.size() + 1; ++length) {
      if (length == saved->own.size()) continue;
      CAPTURE(length);
      rules::Saved other = *saved;
      other.own.resize(length);
      CHECK_FALSE(start_with(one, {found->first, found->second.version, rules::pack(other)}));
    }
  }
}

TEST_CASE("states of another version are refused by every kind") {
  for (const auto& [one, kept] : lives()) {
    for (const auto& [key, state] : kept.states) {
      CAPTURE(key);
      CAPTURE(one.kind);
      for (const std::uint32_t version : {0U, 99U}) {
        core::StateChange other = state;
        other.version = version;
        CHECK_FALSE(start_with(one, other));
      }
    }
  }
}

TEST_CASE("the state of each kind under a rule of each other kind is not taken for its own") {
  for (const auto& [one, kept] : lives()) {
    for (const auto& [other, other_kept] : lives()) {
      if (std::string_view(one.kind) == other.kind) continue;
      CAPTURE(one.kind);
      CAPTURE(other.kind);
      Bench bench = bench_of(one);
      (void)bench.restore(other_kept.states, 901 * kStep);
      CHECK(bench.engine->active().empty());
      bench.tick(901 * kStep);  // an alert of the other kind is cleared
      for (const core::Alert& alert : bench.out.alerts) CHECK(alert.state == AlertState::cleared);
    }
  }
}

TEST_CASE("bytes that were changed at random are refused or borne by every kind") {
  Dice dice(4711);
  for (const auto& [one, kept] : lives()) {
    CAPTURE(one.kind);
    const int rounds = kept.states.size() > 8 ? 4 : 60;  // one that is saved in many parts has as many of each
    for (const auto& [key, state] : kept.states) {
      CAPTURE(key);
      for (int round = 0; round < rounds; ++round) {
        core::StateChange changed = state;
        const auto size = static_cast<std::uint32_t>(changed.bytes.size());
        for (std::uint32_t i = 0, count = 1 + dice.roll(8); i < count; ++i) {
          changed.bytes[dice.roll(size)] = static_cast<std::uint8_t>(dice.roll(2) == 0 ? 0xFF : dice.roll(256));
        }
        (void)start_with(one, changed, 1 + dice.roll(2));
      }
      // The frame right, all of the kind's own part anything.
      for (int round = 0; round < rounds; ++round) {
        core::StateChange junk = state;
        const std::size_t own = own_bytes(state, one.kind);
        for (std::size_t i = junk.bytes.size() - own; i < junk.bytes.size(); ++i) {
          junk.bytes[i] = static_cast<std::uint8_t>(dice.roll(3) == 0 ? 0x7F : dice.roll(256));
        }
        (void)start_with(one, junk);
      }
      core::StateChange noise = state;
      for (std::uint8_t& byte : noise.bytes) byte = static_cast<std::uint8_t>(dice.roll(256));
      CHECK_FALSE(start_with(one, noise));
    }
  }
}
