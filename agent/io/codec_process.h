// The helper process that runs device makers' decoders, seen from the agent: calls are pipelined to it, and one that
// does not end in time costs the helper its life and nobody else an answer. A script that did so, or that has yet to
// give its first answer, runs only while no other has calls: many of them delay the others no longer than one.
// Loop-bound.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/core/codec_call.h"
#include "agent/core/log.h"
#include "agent/io/codec_child.h"
#include "agent/io/codec_frame.h"
#include "agent/io/codec_scripts.h"
#include "agent/io/helper.h"
#include "agent/io/loop.h"

namespace afferent::io {

struct CodecSettings {
  std::string program = codec_program();
  core::Millis answer_time{200};     // of one call, from when the helper can begin with it
  core::Millis load_time{2000};      // of reading a script, once
  core::Millis start_time{10'000};   // until a started helper says that it is ready
  core::Millis restart_delay{1000};  // after a helper that could not start, doubled each time up to a minute
};

class CodecProcess {
 public:
  using Answer = std::function<void(core::CodecAnswer)>;
  static constexpr std::size_t kMostWaiting = 4096;  // calls
  static constexpr std::size_t kMostInFlight = 64;   // frames
  static constexpr std::size_t kMostOfBad = 16;      // calls of one script that wait, after two in a row hung

  CodecProcess(Loop& loop, core::Log& log, CodecSettings settings = {});
  ~CodecProcess();  // kills the helper; nothing is answered any more
  CodecProcess(const CodecProcess&) = delete;
  CodecProcess& operator=(const CodecProcess&) = delete;

  // `then` comes exactly once, from the loop, never from within call(). Answers of one script come in order, but for
  // calls that are refused.
  void call(core::CodecCall call, Answer then);

  std::size_t waiting() const { return waiting_.size() + flight_.size(); }
  std::uint64_t kills() const { return kills_; }  // helpers that ran out of time
  std::uint64_t starts() const { return starts_; }

 private:
  struct Job {
    core::CodecCall call;
    Answer then;
    CodecScripts::Script* script = nullptr;
  };
  struct Sent {  // in the order in which the helper answers
    bool load = false;
    std::uint32_t number = 0;
    CodecScripts::Script* script = nullptr;
    Job job;                // of a call
    std::vector<Job> only;  // of a load: those who want nothing else
  };

  void pump();
  void pump_those(CodecScripts::Script::Name name, std::vector<Job>& refused);
  void pump_soon();
  void send(Job job);
  void send_load(CodecScripts::Script& script);
  void join_load(Job job);
  static void answer(const Job& job, core::CodecAnswer::Outcome outcome, std::string text);
  void answer_soon(Job job, std::string text, core::CodecAnswer::Outcome outcome = core::CodecAnswer::Outcome::failed);
  void loaded(Sent& sent, bool good, const std::string& text);
  bool blocked(const Job& job) const;

  void start();
  void started(core::Result<CodecChild> child);
  void start_failed(const std::string& why);
  void ready(std::uint32_t events);
  bool receive();
  void take(const CodecFrame& frame);
  void flush();
  void arm();
  void out_of_time();
  void lost(const std::string& why, core::CodecAnswer::Outcome outcome);
  void close();
  void reap();

  Loop& loop_;
  core::Log& log_;
  const CodecSettings settings_;
  CodecScripts scripts_;
  Helper helper_;
  std::deque<Job> waiting_;
  std::deque<Sent> flight_;
  core::Bytes out_;
  std::size_t out_sent_ = 0;
  bool output_watched_ = false;

  enum class State : std::uint8_t { none, starting, greeting, running };
  State state_ = State::none;
  CodecChild child_;
  CodecFrameReader reader_;
  std::uint64_t life_ = 0;  // counts helpers
  std::uint32_t last_number_ = 0;
  core::Nanos not_before_{};  // boot time of the next start
  core::Millis delay_{};
  Loop::Handle deadline_ = 0;
  Loop::Handle pumping_ = 0;
  Loop::Handle reaping_ = 0;
  std::vector<pid_t> dead_;  // killed, not yet taken leave of
  std::uint64_t kills_ = 0;
  std::uint64_t starts_ = 0;
};

}  // namespace afferent::io
