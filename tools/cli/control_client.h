// Requests to the running agent. Each blocks until the answer, at most as long as patience lasts. Single-threaded.
#pragma once

#include <string>
#include <utility>

#include "agent/core/command_target.h"
#include "agent/core/result.h"
#include "agent/core/time.h"
#include "agent/io/unique_fd.h"

namespace afferent::cli {

inline constexpr core::Seconds kPatience{5};  // for what the agent does itself

// A connection for several requests, one after the other.
class ControlClient {
 public:
  // Error{not_found} when no agent listens there. `patience`: how long an answer may take.
  static core::Result<ControlClient> connect(const std::string& socket, core::Seconds patience = kPatience);
  // The reply's JSON. Error{bad_input} is what the agent refused with, Error{retry} is a broken connection.
  core::Result<std::string> ask(const core::CommandRequest& request);

 private:
  explicit ControlClient(io::UniqueFd fd) : fd_(std::move(fd)) {}
  io::UniqueFd fd_;
};

// A single request. The reply's JSON. Error{not_found} when no agent listens there; otherwise what the agent refused
// with.
core::Result<std::string> ask_agent(const std::string& socket, const core::CommandRequest& request,
                                    core::Seconds patience = kPatience);

}  // namespace afferent::cli
