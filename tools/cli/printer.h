// Shows a published message to a person or, as JSON lines, to a program. Single-threaded.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "afferent/v1/afferent.pb.h"
#include "agent/core/bytes.h"
#include "tools/cli/sequence.h"

namespace afferent::cli {

class Printer {
 public:
  explicit Printer(bool json) : json_(json) {}

  // A message of `<root>/<domain>/<kind>/...`; anything else is told on stderr and counted as unreadable.
  void message(const std::string& topic, core::ByteView payload);
  void summary() const;  // on stderr, or as the last JSON line

  std::uint64_t messages() const { return messages_; }
  bool clean() const { return sequence_.holes() == 0 && unreadable_ == 0; }

 private:
  void telemetry(const v1::TelemetryBatch& batch, std::string_view domain);
  void alert(const v1::Alert& alert, std::string_view domain);
  struct Stream {  // as the topic says
    std::string_view domain;
    std::string_view kind;
    std::string_view node;
  };
  struct Told {
    std::string_view kind;
    std::string_view what;
    std::string_view who;
    std::string_view at;
    std::string_view sentence;
  };
  void told(const Told& told, std::string_view domain) const;
  void gap(const v1::Gap& gap);
  void status(const v1::NodeStatus& status) const;
  bool judge(const v1::Seal& seal, const Stream& of);
  template <class Message, class Show>
  void sealed(core::ByteView payload, const Stream& stream, Show show);
  void unreadable(std::string_view why);

  const bool json_;
  SequenceCheck sequence_;
  std::uint64_t messages_ = 0;
  std::uint64_t readings_ = 0;
  std::uint64_t telemetry_bytes_ = 0;
  std::uint64_t alerts_ = 0;
  std::uint64_t gaps_ = 0;
  std::uint64_t unreadable_ = 0;
  std::map<std::string, std::uint64_t> severities_;  // of raised and escalated alerts, and "cleared"
};

}  // namespace afferent::cli
