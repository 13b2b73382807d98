// How the broker is reached and who we are to it. Value type; files are read at each connection, so that a new password
// or certificate needs no restart.
#pragma once

#include <cstdint>
#include <string>

#include "agent/core/time.h"

namespace afferent::uplink {

struct PahoOptions {
  std::string host = "127.0.0.1";  // name, IPv4 or IPv6 address
  std::uint16_t port = 1883;
  int version = 0;  // 0: MQTT 5, falling back to 3.1.1; else 3 or 5
  std::string client_id;
  std::string username;          // empty: none
  std::string password_file;     // its first line; empty: none
  bool tls = false;              // the broker's certificate and its name are always checked
  std::string ca_file;           // PEM; empty: the system's authorities
  std::string certificate_file;  // PEM, with the chain; empty: no client certificate
  std::string key_file;          // PEM
  core::Seconds keep_alive{30};
  core::Seconds connect_timeout{30};
  core::Seconds wedged_after{60};  // an attempt without any answer is given up then

  std::string broker() const;  // "host:port", for people
};

}  // namespace afferent::uplink
