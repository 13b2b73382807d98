// From our options to Paho's. Reads the password file and sees that the others can be read.
#pragma once

#include <mqtt/connect_options.h>

#include <string>

#include "agent/core/bytes.h"
#include "agent/core/result.h"
#include "agent/uplink/paho_options.h"

namespace afferent::uplink {

struct Will {
  std::string topic;
  core::Bytes payload;
};

// `version` is 3 or 5. Error{bad_config} names the file that cannot be read.
core::Result<mqtt::connect_options> connect_settings(const PahoOptions& options, int version, const Will& will);
std::string server_uri(const PahoOptions& options);
int paho_version(int version);  // 3 or 5 -> what Paho calls it

}  // namespace afferent::uplink
