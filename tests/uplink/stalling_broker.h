// A broker that lets everybody in and then reads nothing, over a connection as on Ethernet: segments of 1,460 bytes, so
// that the sender's buffer is as small as there.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

#include <atomic>
#include <cstdint>
#include <thread>
#include <tuple>

#include "tests/uplink/sockets.h"

namespace afferent::test {

class StallingBroker {
 public:
  StallingBroker() {
    std::tie(listener_, port_) = listen_on_loopback();
    const int segment = 1460;
    const int buffer = 4096;
    ::setsockopt(listener_, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment));
    ::setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof(buffer));
    thread_ = std::thread([this] { run(); });
  }
  ~StallingBroker() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
  }
  StallingBroker(const StallingBroker&) = delete;
  StallingBroker& operator=(const StallingBroker&) = delete;

  std::uint16_t port() const { return port_; }
  void break_connection() { break_ = true; }  // once

 private:
  void run() {
    while (!stopping_) {
      pollfd waiting{listener_, POLLIN, 0};
      if (::poll(&waiting, 1, 20) <= 0) continue;
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      std::uint8_t connect[512];
      const std::uint8_t welcome[] = {0x20, 0x03, 0x00, 0x00, 0x00};  // MQTT 5
      if (::recv(fd, connect, sizeof(connect), 0) > 0) ::send(fd, welcome, sizeof(welcome), MSG_NOSIGNAL);
      while (!stopping_ && !break_.exchange(false)) ::poll(nullptr, 0, 2);
      const linger at_once{1, 0};
      ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
      ::close(fd);
    }
  }

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> break_{false};
  std::thread thread_;
};

}  // namespace afferent::test
