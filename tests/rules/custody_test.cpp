// Cylinders over a restart that nobody announced: what was told before is told neither twice nor never.
#include <algorithm>

#include "tests/rules/rules_fixture.h"

using namespace afferent;
using namespace afferent::test;

namespace {

constexpr const char* kRegister =
    "tag,cylinder,status\nAA01,C-1,in use\nAA02,C-2,stolen\nAA03,C-3,scrapped\nAA04,C-4,in use\n";

rules::RuleSetup custody() {
  auto setup = rule("custody", table({{"inventory", text(kRegister)}, {"present", number(30)}}), "");
  setup.id = "custody";
  return setup;
}
rules::RuleSetup check(const char* what) {
  auto setup = rule("cylinders", table({{"check", text(what)}, {"inventory", text(kRegister)}}), "");
  setup.id = what;
  return setup;
}

struct Shop : Bench {
  explicit Shop(std::vector<rules::RuleSetup> setups, rules::Language language = rules::Language::english)
      : Bench(std::move(setups), core::Quantity::length, language) {
    add(30, 0, "tag", core::Quantity::text);
    add(31, 0, "antenna", core::Quantity::none);
    add(32, 0, "rssi", core::Quantity::signal);
  }
  void read(double t, const std::string& tag, double antenna = 1) {
    say_all(t, {{30, core::Value::text(tag)}, {31, core::Value::number(antenna)}, {32, core::Value::number(-55)}});
  }
  // Every 5 s, as a reader does.
  void stay(double from, double to, const std::vector<std::string>& tags, double antenna = 1) {
    for (double t = from; t < to; t += 5) {
      run_until(t);
      for (const std::string& tag : tags) read(t, tag, antenna);
    }
  }
  std::string told() const {
    std::string all;
    for (const core::Custody& c : out.custodies) all += (all.empty() ? "" : ", ") + std::string(c.state) + " " + c.tag;
    return all;
  }
};

// One that was killed: what it had saved by then is all there is.
void go_on(Shop& after, const Shop& before, double t, std::uint64_t boot = 1) {
  REQUIRE(after.restore(before.out.states, t, boot).ok());
}

}  // namespace

TEST_CASE("each transition of a cylinder is saved with its event: after a kill nothing is told twice") {
  Shop first({custody()});
  first.stay(0, 20, {"AA01", "AA02"});
  CHECK(first.told() == "arrived AA01, arrived AA02");
  Shop second({custody()});
  go_on(second, first, 21);
  second.stay(21, 28, {"AA01", "AA02"});
  CHECK(second.told().empty());
  second.stay(28, 140, {"AA01"});
  CHECK(second.told() ==
        "present AA01, present AA02, departed AA02");  // it has its full time anew, as nobody looked meanwhile
  Shop third({custody()});
  go_on(third, second, 141);
  third.stay(141, 300, {"AA01"});
  CHECK(third.told().empty());
  third.stay(300, 400, {"AA01"}, 2);
  CHECK(third.told() == "moved AA01");
  Shop fourth({custody()});
  go_on(fourth, third, 401);
  fourth.stay(401, 500, {"AA01"}, 2);
  CHECK(fourth.told().empty());
  CHECK(third.out.custodies[0].antenna == "2");
  fourth.run_until(2000);
  CHECK(fourth.told() == "departed AA01");
  CHECK(fourth.out.custodies[0].dwell == doctest::Approx(490).epsilon(0.02));
  CHECK(fourth.out.states.empty());  // nothing is left that could be believed later
  Shop fifth({custody()});
  go_on(fifth, fourth, 2001);
  fifth.run_until(4000);
  CHECK(fifth.told().empty());
}

TEST_CASE("missing is saved too, over another boot") {
  auto stays = rule("custody", table({{"leaving", text("missing")}}), "");
  Shop first({stays});
  first.stay(0, 20, {"AA01"});
  first.stay(20, 200, {"AA04"});
  CHECK(first.told() == "arrived AA01, arrived AA04, missing AA01");
  Shop second({stays});
  go_on(second, first, 5, 2);
  second.stay(5, 200, {"AA04"});
  CHECK(second.told().empty());
}

TEST_CASE("a cylinder that left is not raised again after a kill, one that is there keeps its alert") {
  Shop first({check("barred")});
  first.stay(0, 20, {"AA01", "AA02", "AA03"});
  REQUIRE(!first.out.alerts.empty());
  const auto id = first.out.alerts[0].id;
  first.stay(20, 120, {"AA01", "AA03"});
  REQUIRE(first.engine->active().size() == 1);
  Shop second({check("barred")});
  go_on(second, first, 121);
  second.stay(121, 250, {"AA01", "AA03"});
  CHECK(second.out.alerts.empty());
  REQUIRE(second.engine->active().size() == 1);
  CHECK(second.engine->active()[0].id == id);
  second.stay(250, 350, {"AA01"});
  CHECK(second.out.story() == "cleared red");
  CHECK(second.out.alerts[0].id == id);
  CHECK(second.out.alerts[0].sentence.starts_with("No cylinder at Tianlin underpass is scrapped or stolen now."));
  Shop third({check("barred")});
  go_on(third, second, 351);
  third.stay(351, 500, {"AA01"});
  CHECK(third.out.alerts.empty());
  CHECK(third.out.states.empty());
}

TEST_CASE("what is saved goes with the call that tells, a part once however much it tells, and never grows large") {
  Shop shop({custody()});
  std::vector<std::string> tags;
  for (int i = 0; i < 3000; ++i) tags.push_back("E2801160" + std::to_string(1'000'000 + i) + std::string(40, 'A'));
  for (const std::string& tag : tags) shop.read(0, tag);
  CHECK(shop.out.writes == 0);  // read once, a tag is not there yet
  core::Poll report;
  report.received = shop.at(1);
  for (int i = 0; i < 500; ++i) {
    core::Reading reading;
    reading.series = core::Series{30};
    reading.value = core::Value::text(tags[static_cast<std::size_t>(i)]);
    reading.received = report.received;
    report.readings.push_back(reading);
  }
  shop.engine->poll(report, shop.out);
  CHECK(shop.out.custodies.size() == 500);
  CHECK(shop.out.writes <= 32);
  for (const std::string& tag : tags) shop.read(2, tag);
  CHECK(shop.out.custodies.size() == 2000);
  std::size_t largest = 0;
  for (const auto& [key, state] : shop.out.states) largest = std::max(largest, state.bytes.size());
  CHECK(largest < 16'384);
  Shop after({custody()});
  go_on(after, shop, 3);
  for (const std::string& tag : tags) after.read(4, tag);
  CHECK(after.out.custodies.empty());
}

TEST_CASE("a damaged part is named and dropped, and the others are taken") {
  Shop before({custody()});
  before.stay(0, 20, {"AA01", "AA02", "AA03", "AA04"});
  REQUIRE(before.out.states.size() > 1);
  const std::string key = before.out.states.begin()->first;
  const core::Bytes whole = before.out.states[key].bytes;
  for (std::size_t length = 1; length < whole.size(); ++length) {
    auto states = before.out.states;
    states[key].bytes.resize(length);
    Shop after({custody()});
    const auto done = after.restore(states, 21);
    after.stay(22, 40, {"AA01", "AA02", "AA03", "AA04"});
    CHECK(after.out.custodies.size() <= 1);
    if (!done) CHECK(done.error().message() == "saved rules ignored, damaged or of another version: " + key);
  }
}

TEST_CASE("the sentences of the end say what is so now, in both languages") {
  auto many = rule("cylinders", table({{"check", text("too_many")}, {"most", node(std::int64_t{1})}}), "");
  many.id = "many";
  Shop shop({many}, rules::Language::chinese);
  shop.stay(0, 20, {"AA01", "AA02"});
  shop.stay(20, 120, {"AA01"});
  REQUIRE(shop.out.story() == "raised orange, cleared orange");
  CHECK(shop.out.alerts[1].sentence.starts_with("Tianlin underpass现有气瓶1只，允许1只。"));
}

TEST_CASE("other cylinders than were told are told, though they are no more, and those that left are not") {
  Shop shop({check("barred")});
  const auto last = [&] { return shop.out.alerts.back().sentence; };
  shop.stay(0, 20, {"AA01", "AA02"});
  REQUIRE(shop.out.story() == "raised red");
  CHECK(last() == "A cylinder at Tianlin underpass is scrapped or stolen: C-2.");
  shop.stay(20, 120, {"AA01", "AA03"});
  CHECK(shop.out.story() == "raised red, updated red, updated red");  // both for a minute, then one
  CHECK(last() == "A cylinder at Tianlin underpass is scrapped or stolen: C-3.");
  CHECK(shop.engine->active().at(0).sentence == last());
  const std::size_t told = shop.out.alerts.size();
  shop.stay(120, 1000, {"AA01", "AA03"});
  CHECK(shop.out.alerts.size() == told);
  Shop after({check("barred")});
  go_on(after, shop, 1001);
  after.stay(1001, 1300, {"AA01", "AA03"});
  CHECK(after.out.alerts.empty());
  after.stay(1300, 1310, {"AA01", "AA02", "AA03"});
  REQUIRE(after.out.story() == "updated red");
  CHECK(after.out.alerts[0].sentence == "2 cylinders at Tianlin underpass are scrapped or stolen: C-2, C-3.");
}

TEST_CASE("a delivery that is read one by one is told every ten seconds at most, and whole in the end") {
  auto unregistered = rule("cylinders", table({{"check", text("unregistered")}}), "");
  std::get<core::ConfigNode::Table>(unregistered.options.data()).emplace("inventory", text(kRegister));
  Shop shop({unregistered});
  for (int i = 0; i < 60; ++i) {
    const std::string tag = "BB" + std::to_string(100 + i);
    shop.run_until(i);
    shop.read(i, tag);
    shop.read(i, tag);
  }
  shop.run_until(59.5);
  CHECK(shop.out.alerts.back().value >= 50);
  for (int i = 0; i < 60; ++i) shop.read(59.6, "BB" + std::to_string(100 + i));
  shop.run_until(75);
  CHECK(shop.out.alerts.size() >= 6);
  CHECK(shop.out.alerts.size() <= 8);
  CHECK(shop.out.alerts.back().value == 60);
}

TEST_CASE("of too many the number counts: fewer are told too, others are not") {
  auto many = rule("cylinders", table({{"check", text("too_many")}, {"most", node(std::int64_t{1})}}), "");
  Shop shop({many});
  shop.stay(0, 100, {"AA01", "AA02", "AA03"});
  const std::size_t told = shop.out.alerts.size();
  CHECK(shop.out.alerts.back().value == 3);
  shop.stay(100, 300, {"AA01", "AA02"});
  CHECK(shop.out.alerts.size() == told + 1);
  CHECK(shop.out.alerts.back().sentence == "There are 2 cylinders at Tianlin underpass; 1 are allowed.");
}

TEST_CASE("a reader cannot be its own other place") {
  const auto places = [](const char* other) {
    return rule("cylinders",
                table({{"check", text("two_places")}, {"others", node(core::ConfigNode::List{text(other, 9)}, 9)}}),
                "");
  };
  CHECK(refusal(places("level-2")) == "accepted");
  CHECK(refusal(places("level-1")) ==
        "rules.toml:9: rule 'road': others: names 'level-1', which the rule is for; give other devices");
  auto both = places("level-2");
  both.devices.push_back(core::DeviceId{1});
  CHECK(refusal(both).find("others: names 'level-2'") != std::string::npos);
}
