#include "tools/cli/control_client.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "afferent/v1/control.pb.h"
#include "agent/control/framing.h"
#include "agent/io/unique_fd.h"

namespace afferent::cli {
namespace {

using core::Error;
using core::ErrorCode;

core::Result<io::UniqueFd> connect_to(const std::string& path, core::Seconds patience) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return Error(ErrorCode::bad_input, path + ": longer than 107 bytes");
  path.copy(address.sun_path, path.size());
  io::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval limit{static_cast<std::time_t>(patience.count()), 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return Error(ErrorCode::not_found, "no agent at " + path + ": " + std::strerror(errno));
  }
  return fd;
}

core::Bytes encoded(const core::CommandRequest& request) {
  v1::ControlRequest message;
  message.set_verb(request.verb);
  for (const auto& [key, value] : request.arguments) (*message.mutable_argument())[key] = value;
  return control::framed(core::as_bytes(message.SerializeAsString()));
}

core::Result<v1::ControlReply> receive(int fd) {
  control::Deframer deframer(control::kLargestReply);
  std::array<std::uint8_t, 4096> chunk;
  for (;;) {
    auto message = deframer.next();
    if (!message) return std::move(message).error();
    if (message.value()) {
      v1::ControlReply reply;
      if (!reply.ParseFromArray((*message)->data(), static_cast<int>((*message)->size()))) {
        return Error(ErrorCode::bad_input, "the agent's reply cannot be read");
      }
      return reply;
    }
    const ssize_t got = ::recv(fd, chunk.data(), chunk.size(), 0);
    if (got <= 0)
      return Error(ErrorCode::retry, got == 0 ? "the agent closed the connection" : "the agent does not answer");
    deframer.add({chunk.data(), static_cast<std::size_t>(got)});
  }
}

}  // namespace

core::Result<ControlClient> ControlClient::connect(const std::string& socket, core::Seconds patience) {
  auto fd = connect_to(socket, patience);
  if (!fd) return std::move(fd).error();
  return ControlClient(std::move(fd).value());
}

core::Result<std::string> ControlClient::ask(const core::CommandRequest& request) {
  const core::Bytes bytes = encoded(request);
  if (::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) {
    return Error(ErrorCode::retry, "the agent does not read");
  }
  auto reply = receive(fd_.get());
  if (!reply) return std::move(reply).error();
  if (!reply->ok()) return Error(ErrorCode::bad_input, reply->error());
  return reply->json();
}

core::Result<std::string> ask_agent(const std::string& socket, const core::CommandRequest& request,
                                    core::Seconds patience) {
  auto client = ControlClient::connect(socket, patience);
  if (!client) return std::move(client).error();
  return client->ask(request);
}

}  // namespace afferent::cli
