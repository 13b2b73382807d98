// A broker of a few lines that speaks MQTT 3.1.1 and greets MQTT 5 as old brokers do, or as one in a hurry.
#pragma once

#include <poll.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "tests/uplink/sockets.h"

namespace afferent::test {

class StubBroker {
 public:
  enum class ToMqtt5 { refuse_version, hang_up, say_nothing, demand_keep_alive_7 };

  explicit StubBroker(ToMqtt5 greeting) : greeting_(greeting) {
    std::tie(listener_, port_) = listen_on_loopback();
    thread_ = std::thread([this] { run(); });
  }
  ~StubBroker() {
    stopping_ = true;
    thread_.join();
    ::close(listener_);
  }
  StubBroker(const StubBroker&) = delete;
  StubBroker& operator=(const StubBroker&) = delete;

  std::uint16_t port() const { return port_; }
  int published() const { return published_; }
  int connects() const { return connects_; }
  int keep_alive() const { return keep_alive_; }  // s, as last offered
  void answer(bool yes) { answers_ = yes; }       // false: PUBLISH is read and not acknowledged
  void hang_up() { hang_up_ = true; }             // once

 private:
  void run() {
    while (!stopping_) {
      if (!readable(listener_)) continue;
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      serve(fd);
      ::close(fd);
    }
  }

  void serve(int fd) {
    std::vector<std::uint8_t> packet;
    while (read_packet(fd, packet)) {
      const int type = packet[0] >> 4;
      if (type == 1 && !greet(fd, packet)) return;
      if (type == 3) acknowledge(fd, packet);
      if (type == 14) return;
    }
  }

  bool greet(int fd, const std::vector<std::uint8_t>& packet) {
    const bool five =
        packet.size() > 8 && packet[1 + 6] == 5;  // after the header byte: length and name of the protocol
    if (five && greeting_ == ToMqtt5::hang_up) return false;
    if (five && greeting_ == ToMqtt5::say_nothing) return !wait_for_end();
    keep_alive_ = packet.at(9) << 8 | packet.at(10);
    ++connects_;
    if (five && greeting_ == ToMqtt5::demand_keep_alive_7) {
      const std::uint8_t demand[] = {0x20, 0x06, 0x00, 0x00, 0x03, 0x13, 0x00, 0x07};
      return ::send(fd, demand, sizeof(demand), MSG_NOSIGNAL) > 0;
    }
    const std::uint8_t answer[] = {0x20, 0x02, 0x00, static_cast<std::uint8_t>(five ? 1 : 0)};
    ::send(fd, answer, sizeof(answer), MSG_NOSIGNAL);
    return !five;
  }

  void acknowledge(int fd, const std::vector<std::uint8_t>& packet) {
    const std::size_t id = std::size_t{3} + packet[1] * 256u + packet[2];
    const std::uint8_t answer[] = {0x40, 0x02, packet.at(id), packet.at(id + 1)};
    if (answers_) ::send(fd, answer, sizeof(answer), MSG_NOSIGNAL);
    ++published_;
  }

  // The packet without its length field.
  bool read_packet(int fd, std::vector<std::uint8_t>& packet) {
    packet.assign(1, 0);
    if (!read_exactly(fd, packet.data(), 1)) return false;
    std::size_t length = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      std::uint8_t byte = 0;
      if (!read_exactly(fd, &byte, 1)) return false;
      length |= static_cast<std::size_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) break;
    }
    packet.resize(1 + length);
    return read_exactly(fd, packet.data() + 1, length);
  }

  bool read_exactly(int fd, std::uint8_t* to, std::size_t size) {
    for (std::size_t done = 0; done < size;) {
      if (stopping_ || hang_up_.exchange(false)) return false;
      if (!readable(fd)) continue;
      const ssize_t got = ::recv(fd, to + done, size - done, 0);
      if (got <= 0) return false;
      done += static_cast<std::size_t>(got);
    }
    return true;
  }

  bool readable(int fd) {
    pollfd waiting{fd, POLLIN, 0};
    return ::poll(&waiting, 1, 20) > 0;
  }
  bool wait_for_end() {
    while (!stopping_) ::poll(nullptr, 0, 20);
    return true;
  }

  const ToMqtt5 greeting_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> answers_{true};
  std::atomic<bool> hang_up_{false};
  std::atomic<int> published_{0};
  std::atomic<int> connects_{0};
  std::atomic<int> keep_alive_{0};
  std::thread thread_;
};

}  // namespace afferent::test
