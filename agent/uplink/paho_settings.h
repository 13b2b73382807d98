// From our options to Paho's. Reads the password file and sees that the others can be read.
// Used by the deliver thread only.
#pragma once

#include <MQTTAsync.h>

#include <memory>
#include <string>

#include "agent/core/bytes.h"
#include "agent/core/result.h"
#include "agent/uplink/paho_options.h"

namespace afferent::uplink {

struct Will {
  std::string topic;
  core::Bytes payload;
};

// Paho's connect options with all that they point to.
class PahoSettings {
 public:
  // `version` is 3 or 5. Error{bad_config} names the file that cannot be read.
  static core::Result<std::unique_ptr<PahoSettings>> make(const PahoOptions& options, int version, const Will& will);
  PahoSettings(const PahoSettings&) = delete;
  PahoSettings& operator=(const PahoSettings&) = delete;

  MQTTAsync_connectOptions connect;                             // callbacks are not set
  MQTTAsync_SSLOptions tls = MQTTAsync_SSLOptions_initializer;  // used when connect.ssl points to it

 private:
  PahoSettings(const PahoOptions& options, int version, const Will& will);
  core::Result<void> read_password();
  core::Result<void> use_tls();

  const PahoOptions options_;
  const Will will_;
  std::string password_;
  MQTTAsync_willOptions will_options_ = MQTTAsync_willOptions_initializer;
};

std::string server_uri(const PahoOptions& options);
int paho_version(int version);  // 3 or 5 -> what Paho calls it

}  // namespace afferent::uplink
