// The broker as the deliverer sees it. Used by the deliver thread only; what comes back is fetched with take(), and
// `wake` (given at creation) is called from any thread when there is something to fetch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "agent/core/bytes.h"
#include "agent/core/result.h"

namespace afferent::core {

struct UplinkEvent {
  enum class Kind : std::uint8_t {
    connected,
    connect_failed,  // reason says why: refused credentials, unreachable, TLS
    lost,
    acked,    // token: the broker has it
    refused,  // token: MQTT 5 PUBACK >= 0x80; code is the reason code
  };
  Kind kind = Kind::connected;
  std::uint64_t token = 0;
  int code = 0;
  std::string reason;
  bool mqtt5 = false;             // connected: which version was agreed
  std::uint64_t most_packet = 0;  // connected: the broker's maximum packet in bytes, 0 none said
  std::uint16_t receive_maximum = 65535;
};

class Uplink {
 public:
  virtual ~Uplink() = default;
  // Starts one attempt; ends in `connected` or `connect_failed`. The will stands until the connection is closed.
  virtual void connect(const std::string& will_topic, const Bytes& will_payload) = 0;
  // QoS 1. Error{retry} when not connected.
  virtual Result<void> publish(std::uint64_t token, const std::string& topic, ByteView payload, bool retained) = 0;
  virtual std::vector<UplinkEvent> take() = 0;
  virtual void disconnect() = 0;  // clean: the will is not sent
};

}  // namespace afferent::core
