#include "agent/io/codec_process.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <utility>

#include "agent/io/errno_text.h"

namespace afferent::io {
namespace {

using Kind = CodecFrame::Kind;
using Outcome = core::CodecAnswer::Outcome;
using Text = CodecScripts::Script::State;
using Name = CodecScripts::Script::Name;

constexpr std::size_t kMostBytesOut = 512 * 1024;
constexpr core::Millis kLongestDelay{60'000};
constexpr core::Millis kReapEvery{10};

}  // namespace

CodecProcess::CodecProcess(Loop& loop, core::Log& log, CodecSettings settings)
    : loop_(loop),
      log_(log),
      settings_(std::move(settings)),
      scripts_(loop, [this] { pump(); }),
      helper_(loop),
      delay_(settings_.restart_delay) {}

CodecProcess::~CodecProcess() {
  close();
  for (const Loop::Handle timer : {deadline_, pumping_, reaping_}) loop_.cancel(timer);
  for (const pid_t pid : dead_) ::waitpid(pid, nullptr, 0);  // it has been killed: this takes no time
}

void CodecProcess::call(core::CodecCall call, Answer then) {
  Job job{std::move(call), std::move(then), nullptr};
  if (waiting_.size() >= kMostWaiting) return answer_soon(std::move(job), "too many calls wait for the codec helper");
  job.script = &scripts_.get(job.call.script, loop_.now().boot);
  if (job.script->strikes > 1) {
    const auto own = std::count_if(waiting_.begin(), waiting_.end(),
                                   [&job](const Job& other) { return other.script == job.script; });
    if (static_cast<std::size_t>(own) >= kMostOfBad)
      return answer_soon(std::move(job), "the script hangs; too many calls wait for it");
  }
  waiting_.push_back(std::move(job));
  pump_soon();
}

void CodecProcess::answer(const Job& job, Outcome outcome, std::string text) {
  job.then({job.call.id, outcome, std::move(text)});
}

void CodecProcess::answer_soon(Job job, std::string text, Outcome outcome) {
  auto kept = std::make_shared<Job>(std::move(job));
  loop_.at(loop_.now().boot, [kept, said = std::move(text), outcome] { answer(*kept, outcome, said); });
}

void CodecProcess::pump_soon() {
  if (pumping_ != 0) return;
  pumping_ = loop_.at(loop_.now().boot, [this] {
    pumping_ = 0;
    pump();
  });
}

bool CodecProcess::blocked(const Job& job) const { return job.script->state == Text::reading; }

// Sends what can be sent; calls of a script that is still being read let the others pass.
void CodecProcess::pump() {
  if (state_ == State::none && !waiting_.empty()) start();
  std::vector<Job> refused;
  pump_those(Name::good, refused);
  if (flight_.empty()) pump_those(Name::none, refused);
  if (flight_.empty()) pump_those(Name::bad, refused);
  flush();
  for (Job& job : refused) {
    std::string why = job.script->why;
    answer(job, Outcome::failed, std::move(why));
  }
}

// All that can go out of scripts of a good name; one call of the others.
void CodecProcess::pump_those(Name name, std::vector<Job>& refused) {
  std::deque<Job> kept;
  while (!waiting_.empty()) {
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    const bool full = flight_.size() >= kMostInFlight || out_.size() - out_sent_ > kMostBytesOut;
    if (job.script->state == Text::broken) {
      refused.push_back(std::move(job));
    } else if (job.script->name_so_far() != name || (name != Name::good && !flight_.empty())) {
      kept.push_back(std::move(job));
    } else if (blocked(job) || full || state_ != State::running) {
      kept.push_back(std::move(job));
      if (full || state_ != State::running) break;
    } else {
      send(std::move(job));
    }
  }
  waiting_.insert(waiting_.begin(), std::make_move_iterator(kept.begin()), std::make_move_iterator(kept.end()));
}

void CodecProcess::send(Job job) {
  CodecScripts::Script& script = *job.script;
  if (script.sent_to != life_) send_load(script);
  if (job.call.verb == core::CodecCall::Verb::load) return join_load(std::move(job));
  core::Bytes body;
  append_u32(body, script.number);
  const std::string path = std::exchange(job.call.script, {});
  const core::Bytes call = core::pack(job.call);
  job.call.script = path;
  body.insert(body.end(), call.begin(), call.end());
  if (body.size() + CodecFrame::kHead > CodecFrame::kLongest)
    return answer_soon(std::move(job), "the payload is too long for a codec");
  append_frame(out_, Kind::call, ++last_number_, body);
  flight_.push_back({false, last_number_, &script, std::move(job), {}});
  if (flight_.size() == 1) arm();
}

void CodecProcess::send_load(CodecScripts::Script& script) {
  std::string body = script.name;
  body.push_back('\0');
  body += script.source;
  append_frame(out_, Kind::load, script.number, core::as_bytes(body));
  flight_.push_back({true, script.number, &script, {}, {}});
  script.sent_to = life_;
  if (flight_.size() == 1) arm();
}

// The helper knows the script, or is about to say what is wrong with it.
void CodecProcess::join_load(Job job) {
  for (Sent& sent : flight_) {
    if (!sent.load || sent.script != job.script) continue;
    sent.only.push_back(std::move(job));
    return;
  }
  answer_soon(std::move(job), {}, Outcome::ok);
}

void CodecProcess::flush() {
  if (state_ != State::running) return;
  while (out_sent_ < out_.size()) {
    const ssize_t sent = ::send(child_.socket.get(), out_.data() + out_sent_, out_.size() - out_sent_, MSG_NOSIGNAL);
    if (sent <= 0) break;  // full, or the end of the helper, which reading tells
    out_sent_ += static_cast<std::size_t>(sent);
  }
  const bool rest = out_sent_ < out_.size();
  if (!rest || out_sent_ > kMostBytesOut) {
    out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(out_sent_));
    out_sent_ = 0;
  }
  if (rest == output_watched_) return;
  output_watched_ = rest;
  [[maybe_unused]] const auto watched = loop_.modify(child_.socket.get(), rest ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void CodecProcess::start() {
  const core::Nanos now = loop_.now().boot;
  if (now < not_before_) {
    while (!waiting_.empty()) {
      answer_soon(std::move(waiting_.front()), "the codec helper does not start; see the log");
      waiting_.pop_front();
    }
    return;
  }
  state_ = State::starting;
  ++starts_;
  helper_.run([program = settings_.program] { return start_codec_child(program); },
              [this](core::Result<CodecChild> child) { started(std::move(child)); });
}

void CodecProcess::started(core::Result<CodecChild> child) {
  if (!child) return start_failed(child.error().message());
  child_ = *std::move(child);
  ++life_;
  reader_ = {};
  auto added =
      loop_.add(child_.socket.get(), EPOLLIN, [this](std::uint32_t events, const core::Stamp&) { ready(events); });
  if (!added) return start_failed(added.error().message());
  state_ = State::greeting;
  arm();
}

void CodecProcess::start_failed(const std::string& why) {
  close();
  not_before_ = loop_.now().boot + delay_;
  delay_ = std::min(delay_ * 2, kLongestDelay);
  log_.error("codec", "the codec helper does not start: " + why);
  while (!waiting_.empty()) {
    answer_soon(std::move(waiting_.front()), "the codec helper does not start: " + why);
    waiting_.pop_front();
  }
}

void CodecProcess::ready(std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) flush();
  if ((events & ~static_cast<std::uint32_t>(EPOLLOUT)) != 0) receive();
}

// False when the helper is gone; all that its end means has been done then.
bool CodecProcess::receive() {
  std::array<std::uint8_t, 65536> buffer;
  const std::uint64_t life = life_;
  while (true) {
    const ssize_t count = ::read(child_.socket.get(), buffer.data(), buffer.size());
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) break;
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      lost("ended the codec helper: it broke, wanted too much memory or did what no codec may", Outcome::failed);
      return false;
    }
    reader_.feed({buffer.data(), static_cast<std::size_t>(count)});
    while (const auto frame = reader_.next()) {
      take(*frame);
      if (life_ != life || state_ == State::none) return false;
    }
    if (reader_.broken()) {
      lost("made the codec helper talk nonsense", Outcome::failed);
      return false;
    }
    if (static_cast<std::size_t>(count) < buffer.size()) break;
  }
  if (!waiting_.empty()) pump();
  return true;
}

void CodecProcess::take(const CodecFrame& frame) {
  if (frame.kind == Kind::ready && state_ == State::greeting) {
    state_ = State::running;
    delay_ = settings_.restart_delay;
    arm();
    return pump_soon();
  }
  const bool answers = frame.kind == Kind::ok || frame.kind == Kind::failed;
  if (!answers || flight_.empty() || flight_.front().number != frame.number)
    return lost("made the codec helper answer what nobody asked", Outcome::failed);
  Sent sent = std::move(flight_.front());
  flight_.pop_front();
  arm();
  std::string text(core::as_text(frame.body));
  CodecScripts::Script& script = *sent.script;
  if (!sent.load) {
    script.answered = true;
    script.strikes = 0;
  }
  if (sent.load) return loaded(sent, frame.kind == Kind::ok, script.name + ": " + text);
  if (frame.kind == Kind::ok) return answer(sent.job, Outcome::ok, std::move(text));
  // Calls that went out behind a script that was then not accepted.
  const bool refused = script.state == Text::broken;
  answer(sent.job, Outcome::failed, refused ? script.why : script.name + ": " + text);
}

void CodecProcess::loaded(Sent& sent, bool good, const std::string& text) {
  if (!good) scripts_.broken(*sent.script, text, loop_.now().boot);
  for (const Job& job : sent.only) answer(job, good ? Outcome::ok : Outcome::failed, good ? std::string() : text);
}

// The clock of the first frame in flight runs: the helper works on it.
void CodecProcess::arm() {
  loop_.cancel(std::exchange(deadline_, 0));
  if (state_ == State::none || state_ == State::starting) return;
  if (state_ == State::running && flight_.empty()) return;
  const core::Millis time = state_ == State::greeting ? settings_.start_time
                            : flight_.front().load    ? settings_.load_time
                                                      : settings_.answer_time;
  deadline_ = loop_.at(loop_.clock().now().boot + time, [this] {
    deadline_ = 0;
    out_of_time();
  });
}

void CodecProcess::out_of_time() {
  // It may be the agent that was late: what has come meanwhile counts.
  const std::uint64_t life = life_;
  if (!receive() || life_ != life || deadline_ != 0) return;
  if (state_ == State::running && flight_.empty()) return;
  ++kills_;
  const bool load = !flight_.empty() && flight_.front().load;
  const core::Millis time = load ? settings_.load_time : settings_.answer_time;
  lost("gave no answer within " + std::to_string(time.count()) + " ms", Outcome::late);
}

// Whose frame was first in flight is the culprit; the others go to the next helper.
void CodecProcess::lost(const std::string& why, Outcome outcome) {
  if (state_ != State::running) return start_failed("it ended or hung before it was ready");
  close();
  std::deque<Sent> flight = std::exchange(flight_, {});
  std::vector<Job> guilty;
  std::deque<Job> again;
  bool first = true;
  for (Sent& sent : flight) {
    if (first && sent.load) {
      scripts_.broken(*sent.script, sent.script->name + ": " + why, loop_.now().boot, outcome == Outcome::late);
    }
    if (first) sent.script->strikes = static_cast<std::uint8_t>(std::min(sent.script->strikes + 1, 2));
    const auto judge = [&](Job& job) { first ? guilty.push_back(std::move(job)) : again.push_back(std::move(job)); };
    if (!sent.load) judge(sent.job);
    for (Job& job : sent.only) judge(job);
    first = false;
  }
  waiting_.insert(waiting_.begin(), std::make_move_iterator(again.begin()), std::make_move_iterator(again.end()));
  const std::string name = flight.empty() ? std::string("nobody") : flight.front().script->name;
  log_.warning("codec", name + " " + why + "; the helper is started again");
  pump_soon();
  const std::string text = name + " " + why;
  for (const Job& job : guilty) answer(job, outcome, text);
}

void CodecProcess::close() {
  loop_.cancel(std::exchange(deadline_, 0));
  if (child_.socket) loop_.remove(child_.socket.get());
  child_.socket.reset();
  if (child_.pid > 0) {
    ::kill(child_.pid, SIGKILL);
    dead_.push_back(std::exchange(child_.pid, -1));
    reap();
  }
  out_ = {};
  out_sent_ = 0;
  output_watched_ = false;
  state_ = State::none;
}

void CodecProcess::reap() {
  std::erase_if(dead_, [](pid_t pid) { return ::waitpid(pid, nullptr, WNOHANG) != 0; });
  if (dead_.empty() || reaping_ != 0) return;
  reaping_ = loop_.at(loop_.now().boot + kReapEvery, [this] {
    reaping_ = 0;
    reap();
  });
}

}  // namespace afferent::io
