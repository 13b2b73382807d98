// Why a connection attempt failed, in words for a person, and whether an older MQTT may help. Pure functions.
#pragma once

#include <string>

#include "agent/uplink/paho_options.h"

namespace afferent::uplink {

struct ConnectFailure {
  int version = 5;         // that was tried: 3 or 5
  int return_code = 0;     // negative: Paho's own; positive: what the CONNACK said
  int reason_code = 0;     // MQTT 5: what the CONNACK or DISCONNECT said
  std::string message;     // Paho's own words
  std::string tls_errors;  // what OpenSSL said meanwhile
};

enum class OlderVersion { useless, worth_a_try, asked_for };

// worth_a_try: the broker hung up on our CONNECT without a word, as some old brokers do, or one that is going down.
OlderVersion older_version(const ConnectFailure& failure);

// E.g. "broker 10.0.0.1:1883 refused the credentials: not authorized (135)". Never holds a secret.
std::string describe(const ConnectFailure& failure, const PahoOptions& options);

}  // namespace afferent::uplink
