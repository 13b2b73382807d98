// What can be asked of the running agent: verbs and their handlers. Loop-bound.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/acquire/line.h"
#include "agent/app/bulletin.h"
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

using Lines = std::vector<std::unique_ptr<acquire::Line>>;  // by port

// The answer to `status`. `replayed`: how many of the readings no device has said.
std::string status_json(const config::Config& config, const Bulletin& bulletin, const Lines& lines,
                        const rules::Engine& rules, const Sense& sense, std::uint64_t replayed, const core::Stamp& now);

}  // namespace afferent::app
