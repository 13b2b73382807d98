#include "agent/app/commands.h"

#include <utility>

namespace afferent::app {

void Commands::handle(const core::CommandRequest& request, Reply reply) {
  const auto handler = handlers_.find(request.verb);
  if (handler != handlers_.end()) return handler->second(request, std::move(reply));
  std::string known;
  for (const auto& [verb, ignored] : handlers_) known += (known.empty() ? "" : ", ") + verb;
  reply(core::Error(core::ErrorCode::not_found, "unknown verb '" + request.verb + "'; known: " + known));
}

}  // namespace afferent::app
