#include "agent/io/address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "agent/io/errno_text.h"

namespace afferent::io {
namespace {

using core::Error;
using core::ErrorCode;

constexpr int kIdleSeconds = 15;  // without traffic before the first probe
constexpr int kProbeSeconds = 5;
constexpr int kProbes = 3;
constexpr unsigned kUnackedMs = 30'000;

void set_option(int fd, int level, int name, int value) { ::setsockopt(fd, level, name, &value, sizeof value); }

using NameCall = int (*)(int, sockaddr*, socklen_t*);

core::Result<Address> named(int fd, NameCall call) {
  Address address;
  address.length = sizeof address.storage;
  if (call(fd, reinterpret_cast<sockaddr*>(&address.storage), &address.length) != 0) {
    return system_error(ErrorCode::retry, "name a socket", errno);
  }
  return address;
}

}  // namespace

core::Result<std::vector<Address>> resolve(const std::string& host, std::uint16_t port, Lookup lookup) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | (lookup == Lookup::numeric ? AI_NUMERICHOST : 0) | (host.empty() ? AI_PASSIVE : 0);
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.empty() ? nullptr : host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (code != 0) {
    const ErrorCode kind = lookup == Lookup::numeric ? ErrorCode::bad_input : ErrorCode::retry;
    return Error(kind, "look up '" + host + "': " + (code == EAI_SYSTEM ? errno_text(errno) : ::gai_strerror(code)));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(found, ::freeaddrinfo);
  std::vector<Address> addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_addrlen > sizeof(sockaddr_storage)) continue;
    Address& address = addresses.emplace_back();
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    address.length = entry->ai_addrlen;
  }
  return addresses;
}

std::string host_of(const Address& address) {
  std::array<char, NI_MAXHOST> host{};
  if (::getnameinfo(address.get(), address.length, host.data(), host.size(), nullptr, 0, NI_NUMERICHOST) != 0) {
    return {};
  }
  return host.data();
}

std::string text_of(const Address& address) {
  const std::string name = host_of(address);
  if (name.empty()) return "unknown address";
  return (address.family() == AF_INET6 ? "[" + name + "]" : name) + ":" + std::to_string(port_of(address));
}

core::Result<Address> local_address(int fd) { return named(fd, ::getsockname); }

core::Result<Address> peer_address(int fd) { return named(fd, ::getpeername); }

std::uint16_t port_of(const Address& address) {
  sockaddr_in six_or_four{};  // the port stands at the same place in both
  std::memcpy(&six_or_four, &address.storage, sizeof six_or_four);
  return ntohs(six_or_four.sin_port);
}

core::Result<UniqueFd> open_socket(int family) {
  UniqueFd fd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!fd) return system_error(ErrorCode::retry, "open a socket", errno);
  return fd;
}

void tune_socket(int fd) {
  set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1);
  set_option(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
  set_option(fd, IPPROTO_TCP, TCP_KEEPIDLE, kIdleSeconds);
  set_option(fd, IPPROTO_TCP, TCP_KEEPINTVL, kProbeSeconds);
  set_option(fd, IPPROTO_TCP, TCP_KEEPCNT, kProbes);
  set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, static_cast<int>(kUnackedMs));
}

}  // namespace afferent::io
