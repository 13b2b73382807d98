// What `afferent check` says beside mistakes.
#include "tools/cli/site_notes.h"

#include <doctest/doctest.h>

#include "tests/support/fakes.h"

using namespace afferent;

namespace {

class Mute final : public core::Driver {
 public:
  explicit Mute(bool listens) : listens_(listens) {}
  std::span<const core::ChannelSpec> channels(core::DeviceRef) const override { return {}; }
  void on(const core::WireEvent&, core::Sink&) override {}
  bool listens() const override { return listens_; }

 private:
  const bool listens_;
};

std::vector<std::string> notes_of(double after, core::Millis poll, bool listens = false,
                                  core::Scope scope = core::Scope::device) {
  core::DriverSpec spec{};
  spec.scope = scope;
  config::Config config;
  config.devices.emplace_back();
  config.devices[0].identity.id = "d1";
  config.devices[0].poll = poll;
  config::RuleConfig rule;
  rule.id = "quiet";
  rule.kind = "silent";
  rule.devices = {core::DeviceId{0}};
  rule.source = {"a.toml", 9};
  rule.options = core::ConfigNode(core::ConfigNode::Table{{"after", core::ConfigNode(after, {"a.toml", 10})}}, {});
  config.rules.push_back(rule);
  std::vector<assembly::PlacedDriver> placed;
  placed.push_back({0, &spec, {core::DeviceId{0}}, std::make_unique<Mute>(listens)});
  return cli::site_notes(config, placed);
}

}  // namespace

TEST_CASE("a silence no longer than the time between two polls is noted, of what is polled") {
  using core::Millis;
  const auto notes = notes_of(5, Millis(10'000));
  REQUIRE(notes.size() == 1);
  CHECK(notes[0] ==
        "a.toml:9: rule 'quiet': after 5 s is no longer than the 10 s from one poll of device 'd1' to the next, which "
        "it takes for silence");
  CHECK(notes_of(10, Millis(10'000)).size() == 1);
  CHECK(notes_of(11, Millis(10'000)).empty());
  CHECK(notes_of(5, Millis(0)).empty());
  CHECK(notes_of(5, Millis(10'000), true).empty());
  CHECK(notes_of(5, Millis(10'000), false, core::Scope::port).empty());
}

TEST_CASE("a folder of the store that is not there is noted where the file names it") {
  config::Config config;
  config.store.path = "/no-such-folder/s.db";
  CHECK(cli::site_notes(config, {}).empty());
  config.store.path_from = {"a.toml", 4};
  const auto notes = cli::site_notes(config, {});
  REQUIRE(notes.size() == 1);
  CHECK(notes[0] ==
        "a.toml:4: store.path: there is no folder '/no-such-folder' on this machine; the agent does not make it");
  config.store.path = "/tmp/s.db";
  CHECK(cli::site_notes(config, {}).empty());
  config.store.path = "s.db";
  CHECK(cli::site_notes(config, {}).empty());
}
