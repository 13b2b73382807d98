// Socket addresses: names to numbers and back, sockets as we want them. Thread-safe; resolve() may block.
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <string>
#include <vector>

#include "agent/core/result.h"
#include "agent/io/unique_fd.h"

namespace afferent::io {

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  int family() const { return storage.ss_family; }
};

enum class Lookup : std::uint8_t {
  numeric,  // "10.0.0.7", "::1": never blocks; anything else is Error{bad_input}
  any,
};

// In the order in which they are to be tried. Error{retry} when the name is not known now. `host` empty: all local
// addresses.
core::Result<std::vector<Address>> resolve(const std::string& host, std::uint16_t port, Lookup lookup);

std::string host_of(const Address& address);  // "10.0.0.7", "::1"
std::string text_of(const Address& address);  // "10.0.0.7:502", "[::1]:502"
core::Result<Address> local_address(int fd);
core::Result<Address> peer_address(int fd);
std::uint16_t port_of(const Address& address);

core::Result<UniqueFd> open_socket(int family);  // TCP, non-blocking
// No delay for small requests, and a peer that has vanished is noticed within about half a minute.
void tune_socket(int fd);

}  // namespace afferent::io
