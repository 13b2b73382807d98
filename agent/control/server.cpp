#include "agent/control/server.h"

#include "afferent/v1/control.pb.h"

namespace afferent::control {
namespace {

core::Bytes encoded(const core::Result<std::string>& result) {
  v1::ControlReply reply;
  reply.set_ok(result.ok());
  if (result) {
    reply.set_json(*result);
  } else {
    reply.set_error(result.error().message());
  }
  core::Bytes bytes(reply.ByteSizeLong());
  reply.SerializeWithCachedSizesToArray(bytes.data());
  return framed(bytes);
}

}  // namespace

Server::Server(core::CommandTarget& target, Send send, Close close)
    : target_(target), send_(std::move(send)), close_(std::move(close)), self_(std::make_shared<Server*>(this)) {}

void Server::received(std::uint32_t peer, core::ByteView bytes) {
  Deframer& deframer = peers_.try_emplace(peer, kLargestRequest).first->second;
  deframer.add(bytes);
  for (;;) {
    auto message = deframer.next();
    if (!message) {
      send_(peer, encoded(std::move(message).error()));
      gone(peer);
      close_(peer);
      return;
    }
    if (!message.value()) return;
    serve(peer, **message);
  }
}

void Server::gone(std::uint32_t peer) { peers_.erase(peer); }

void Server::serve(std::uint32_t peer, core::ByteView message) {
  v1::ControlRequest parsed;
  if (!parsed.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
    send_(peer, encoded(core::Error(core::ErrorCode::bad_input, "not a ControlRequest")));
    return;
  }
  core::CommandRequest request{parsed.verb(), {}};
  for (const auto& [key, value] : parsed.argument()) request.arguments.emplace(key, value);
  target_.handle(request, [self = std::weak_ptr(self_), peer](const core::Result<std::string>& result) {
    const auto server = self.lock();
    if (server && (*server)->peers_.contains(peer)) (*server)->send_(peer, encoded(result));
  });
}

}  // namespace afferent::control
