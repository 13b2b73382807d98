#include "tools/cli/codec_rehearsal.h"

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "agent/core/codec_call.h"
#include "agent/io/clock.h"
#include "agent/io/codec_process.h"
#include "tools/cli/decode_codec.h"

namespace afferent::cli {
namespace {

using core::WireEvent;

class Silence final : public core::Log {  // what the helper's log says comes as the answer too
 public:
  void write(core::LogLevel /*level*/, std::string_view /*part*/, std::string_view /*message*/) override {}
};

// Keeps what a driver asks of codecs, and what it says of its devices.
class Ear final : public core::Sink {
 public:
  void reading(core::DeviceRef, core::Channel, core::Value, std::optional<core::Micros>, core::Quality) override {}
  core::Channel declare(core::DeviceRef, const core::ChannelSpec&) override { return core::Channel{0}; }
  void reject(core::ByteView, std::string_view) override {}
  void fault(core::DeviceRef device, core::ByteView, std::string_view why) override {
    faults.emplace(core::index(device), why);
  }
  void heard(std::string_view, std::string_view) override {}
  void send(core::Outgoing outgoing) override {
    if (outgoing.topic == core::kCodecTopic) calls.push_back(std::move(outgoing.bytes));
  }
  void wake_in(core::Millis) override {}
  void done(core::Result<void>) override {}
  void reopen(std::string_view) override {}

  std::deque<core::Bytes> calls;
  std::map<std::size_t, std::string> faults;  // by number of the device
};

class Rehearsal {
 public:
  Rehearsal(io::Loop& loop, core::Driver& driver) : loop_(loop), driver_(driver), codecs_(loop, silence_) {}

  std::map<std::size_t, std::string> run() {
    tell(WireEvent::Kind::opened, {}, {});
    while (!ear_.calls.empty()) {
      auto call = core::unpack_call(ear_.calls.front());
      ear_.calls.pop_front();
      if (!call) continue;
      std::optional<core::CodecAnswer> answer;
      codecs_.call(*std::move(call), [&answer](core::CodecAnswer given) { answer = std::move(given); });
      while (!answer) loop_.run_once(core::Millis{100});
      tell(WireEvent::Kind::received, core::kCodecTopic, core::pack(*answer));
    }
    return std::move(ear_.faults);
  }

 private:
  void tell(WireEvent::Kind kind, std::string_view name, core::ByteView bytes) {
    WireEvent event;
    event.kind = kind;
    event.at = loop_.clock().now();
    event.name = name;
    event.bytes = bytes;
    driver_.on(event, ear_);
  }

  io::Loop& loop_;
  core::Driver& driver_;
  Silence silence_;
  io::CodecProcess codecs_;
  Ear ear_;
};

// Where the codec of a device is named: its own word counts before its profile's.
config::Problem problem_of(const config::DeviceConfig& device, std::string why) {
  const core::ConfigNode& own = device.options["codec"];
  const core::ConfigNode& node = own.empty() ? device.profile["codec"] : own;
  config::Problem problem;
  problem.source = node.empty() ? device.source : node.source();
  problem.key = own.empty() ? "codec" : "device.codec";
  problem.message = std::move(why);
  return problem;
}

}  // namespace

config::Problems rehearse_codecs(const config::Config& config, std::vector<assembly::PlacedDriver>& placed) {
  config::Problems problems;
  const io::RealClock clock;
  for (assembly::PlacedDriver& place : placed) {
    if (!has_codecs(*place.spec)) continue;
    auto loop = io::Loop::create(clock);
    if (!loop) {
      config::add(problems, {}, "", loop.error().message());
      return problems;
    }
    for (auto& [number, why] : Rehearsal(**loop, *place.driver).run())
      problems.push_back(problem_of(config.devices[core::index(place.devices.at(number))], std::move(why)));
  }
  return problems;
}

}  // namespace afferent::cli
