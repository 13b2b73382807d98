#include "agent/acquire/session.h"

#include <algorithm>
#include <utility>

#include "agent/core/utf8.h"

namespace afferent::acquire {
namespace {

constexpr std::size_t kMostOutgoing = 64;
constexpr std::size_t kMostHeard = 256;  // of a command
constexpr core::Millis kLongestWake = std::chrono::hours(24 * 365);
constexpr core::Millis kShortestWake{1};  // a driver that wakes itself without end must not starve the loop

std::vector<DeviceSetup> never_empty(const std::vector<DeviceSetup>& devices) {
  return devices.empty() ? std::vector<DeviceSetup>(1) : devices;
}

}  // namespace

Session::Session(core::Scope scope, const std::vector<DeviceSetup>& devices, std::unique_ptr<core::Driver> driver,
                 Surroundings around, std::function<void()> woken_call)
    : scope_(scope),
      devices_(never_empty(devices)),
      driver_(std::move(driver)),
      around_(around),
      collector_(around.series, listens()),
      health_(devices_.size()),
      faulted_(devices_.size()),
      wake_(around.timers, std::move(woken_call)) {
  for (std::size_t i = 0; i < devices.size(); ++i) {
    collector_.add(devices_[i], driver_->channels(static_cast<core::DeviceRef>(i)));
  }
}

void Session::call(const core::WireEvent& event, const core::Stamp& now) {
  at_ = now;  // an edge may be a moment old: what is read at it must not come before what was read already
  driver_->on(event, *this);
}

void Session::command(const core::DeviceCommand& command, const core::Stamp& at) {
  at_ = at;
  heard_.emplace();
  driver_->command(command, *this);
}

core::Outgoing Session::take_outgoing() {
  core::Outgoing next = std::move(outgoing_[next_out_]);
  if (++next_out_ == outgoing_.size()) drop_outgoing();
  return next;
}

void Session::drop_outgoing() {
  outgoing_.clear();
  next_out_ = 0;
}

std::optional<core::Result<void>> Session::take_end() { return std::exchange(end_, std::nullopt); }

std::optional<std::string> Session::take_reopen() { return std::exchange(reopen_, std::nullopt); }

bool Session::hand_over() {
  if (collector_.empty()) return false;
  for (const std::size_t device : collector_.touched()) {
    if (faulted_[device]) continue;  // its frame gave readings and yet failed
    health_[device].spoke(at_);
    if (!polled()) health_[device].frame_read();
  }
  collector_.hand_over(around_.polls);
  return true;
}

void Session::note(std::string_view error) {
  for (HealthRecord& record : health_) record.note(error);
}

void Session::turn_began() {
  turn_readings_ = 0;
  end_.reset();
}

DeviceHealth Session::health_of(std::size_t device) const {
  DeviceHealth facts = health_[device].facts();
  if (polled() && quarantine.active()) facts.quarantined_until = quarantine.until();
  return facts;
}

void Session::reading(core::DeviceRef device, core::Channel channel, core::Value value,
                      std::optional<core::Micros> measured, core::Quality quality) {
  ++turn_readings_;
  if (core::index(device) < faulted_.size()) faulted_[core::index(device)] = false;
  const std::string_view fault = collector_.take(device, channel, value, measured, quality, at_);
  if (!fault.empty()) reject({}, fault);
}

core::Channel Session::declare(core::DeviceRef device, const core::ChannelSpec& channel) {
  const core::Channel number = collector_.declare(device, channel);
  const std::string_view mistake = number == Collector::kNoChannel ? core::mistake_in(channel) : std::string_view();
  if (!mistake.empty()) reject({}, "a channel that cannot be: " + std::string(mistake));
  return number;
}

void Session::reject(core::ByteView bytes, std::string_view why) {
  ++rejects_;
  ++around_.line_rejects;
  if (polled()) {
    health().rejected();
    health().note(why);
  }
  around_.notices.rejected(at_, polled() ? std::string_view(setup().id) : std::string_view("line"), bytes, why);
}

void Session::fault(core::DeviceRef device, core::ByteView bytes, std::string_view why) {
  const std::size_t place = core::index(device);
  if (polled() || place >= devices_.size()) return reject(bytes, why);
  ++rejects_;
  ++around_.line_rejects;
  faulted_[place] = true;
  health_[place].frame_failed(why);
  around_.notices.rejected(at_, devices_[place].id, bytes, why);
}

void Session::heard(std::string_view id, std::string_view what) {
  around_.notices.heard(at_, id, what);
  if (!heard_ || heard_->size() >= kMostHeard) return;
  Heard heard{core::clean_utf8(id, Heard::kLongestId), core::clean_utf8(what, Heard::kLongestWhat)};
  const auto known = [&heard](const Heard& other) { return other.id == heard.id; };
  if (std::none_of(heard_->begin(), heard_->end(), known)) heard_->push_back(std::move(heard));
}

std::vector<Heard> Session::take_heard() { return std::exchange(heard_, std::nullopt).value_or(std::vector<Heard>{}); }

void Session::send(core::Outgoing outgoing) {
  if (outgoing_.size() >= kMostOutgoing) return reject(outgoing.bytes, "more requests at once than a driver may send");
  outgoing_.push_back(std::move(outgoing));
}

void Session::wake_in(core::Millis delay) { wake_.want(at_.boot + std::clamp(delay, kShortestWake, kLongestWake)); }

void Session::done(core::Result<void> result) { end_ = std::move(result); }

void Session::reopen(std::string_view why) { reopen_ = std::string(why); }

}  // namespace afferent::acquire
