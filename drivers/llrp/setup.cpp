// The conversation with a reader: set-up and commands.
#include <algorithm>
#include <array>
#include <utility>

#include "drivers/llrp/driver.h"
#include "drivers/llrp/requests.h"

namespace afferent::drivers::llrp {
namespace {

using core::Error;
using core::ErrorCode;

constexpr core::Nanos kLongRest = std::chrono::seconds(30);

struct Step {
  Type request{};
  bool may_fail = false;
  bool continuous_only = false;
};

// LLRP 1.1, figure 5: what a client does on a new connection.
constexpr std::array kSteps{
    Step{Type::delete_rospec, true, false},  // some readers refuse where there is none
    Step{Type::set_reader_config, false, false},
    Step{Type::add_rospec, false, false},
    Step{Type::enable_rospec, false, false},
    Step{Type::start_rospec, false, true},  // the others start by their trigger
};

struct Verb {
  std::string_view name;
  Type request{};
};
constexpr std::array kVerbs{Verb{"start", Type::start_rospec}, Verb{"stop", Type::stop_rospec},
                            Verb{"close", Type::close_connection}};

}  // namespace

void Reader::begin_setup() {
  rest_until_.reset();
  trouble_.clear();
  phase_ = Phase::asking;
  step_ = 0;
  ask_step();
}

void Reader::ask_step() {
  while (step_ < kSteps.size() && kSteps[step_].continuous_only && !settings_.continuous()) ++step_;
  if (step_ < kSteps.size()) {
    ask(kSteps[step_].request);
    pending_->deadline = now_ + settings_.request_timeout;
    return;
  }
  phase_ = Phase::running;
  if (settings_.hold) {
    outbox_.push_back(request(Type::enable_events_and_reports, ++last_id_, version_, settings_));
  }
}

void Reader::ask(Type type) {
  pending_ = Pending{type, ++last_id_, {}, false, {}};
  outbox_.push_back(request(type, last_id_, version_, settings_));
}

void Reader::step_done(const Status& status) {
  const Pending done = *std::exchange(pending_, std::nullopt);
  if (done.request == Type::get_report) {  // refused: a report would have come
    report_until_.reset();
    passing_ = "GET_REPORT refused: " + status.sentence();
    passing_until_.reset();
    return;
  }
  const Step& step = kSteps[step_];
  if (!status.good() && !step.may_fail) {
    return rest(std::string(name_of(step.request)) + " refused: " + status.sentence(), kLongRest);
  }
  if (step.request == Type::set_reader_config) watched_ = settings_.keepalive > core::Millis::zero();
  ++step_;
  ask_step();
}

void Reader::rest(std::string why, core::Nanos pause) {
  phase_ = Phase::resting;
  trouble_ = std::move(why);
  rest_until_ = now_ + pause;
}

void Reader::command(const core::DeviceCommand& command, core::Sink& sink) {
  const auto* const verb =
      std::find_if(kVerbs.begin(), kVerbs.end(), [&](const Verb& known) { return known.name == command.verb; });
  if (verb == kVerbs.end()) return Driver::command(command, sink);
  if ((phase_ != Phase::running && phase_ != Phase::resting) || pending_) {
    return sink.done(Error(ErrorCode::retry, "the reader is not set up yet"));
  }
  in_turn_ = true;
  ask(verb->request);
  pending_->commanded = true;
  settle(sink);
}

core::Bytes Reader::farewell() const {
  const bool connected = phase_ == Phase::asking || phase_ == Phase::resting || phase_ == Phase::running;
  if (!connected) return {};
  return request(Type::close_connection, last_id_ + 1, version_, settings_);
}

void Reader::command_done(const Status& status, core::Sink& sink) {
  const Pending done = *std::exchange(pending_, std::nullopt);
  if (!status.good()) {
    return end_turn(Error(ErrorCode::bad_input, std::string(name_of(done.request)) + " refused: " + status.sentence()),
                    sink);
  }
  if (done.request == Type::stop_rospec) paused_ = true;
  if (done.request == Type::start_rospec) paused_ = false;
  end_turn({}, sink);
  if (done.request == Type::close_connection) give_up("closed by command", sink);
}

}  // namespace afferent::drivers::llrp
