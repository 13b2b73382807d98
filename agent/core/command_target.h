// Verbs that can be asked of the running agent. Loop-bound.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "agent/core/result.h"

namespace afferent::core {

struct CommandRequest {
  std::string verb;  // "status", "device"
  std::map<std::string, std::string> arguments;
};

class CommandTarget {
 public:
  using Reply = std::function<void(Result<std::string>)>;  // JSON text; may be called later, exactly once
  virtual ~CommandTarget() = default;
  virtual void handle(const CommandRequest& request, Reply reply) = 0;
};

}  // namespace afferent::core
