// What can be asked of the running agent: verbs and their handlers. Loop-bound.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "agent/core/command_target.h"

namespace afferent::app {

class Commands final : public core::CommandTarget {
 public:
  using Handler = std::function<void(const core::CommandRequest&, Reply)>;

  void add(std::string verb, Handler handler) { handlers_.emplace(std::move(verb), std::move(handler)); }
  // Error{not_found} for an unknown verb, with those that there are.
  void handle(const core::CommandRequest& request, Reply reply) override;

 private:
  std::map<std::string, Handler> handlers_;
};

}  // namespace afferent::app
