// `afferent decode` for drivers whose payloads go through a maker's codec: runs the helper process as the agent does.
// Single-threaded.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/core/driver.h"
#include "tools/cli/decode_sink.h"

namespace afferent::cli {

struct CodecArguments {
  std::string script;        // --codec
  std::optional<int> fport;  // --fport
  bool raw = false;          // print the codec's own result instead of readings
  bool given() const { return !script.empty() || fport || raw; }
};

bool has_codecs(const core::DriverSpec& driver);

// Puts --codec in the place of the option of that name.
void give_codec(const CodecArguments& arguments, core::ConfigNode& options);

// Each frame is a payload, or a whole event of the network server, in hexadecimal; "-" reads lines from stdin. The exit
// status: 0 when at least one was decoded without an error, else 1.
int decode_payloads(core::Driver& driver, const core::DriverDevice& device, DecodeSink& sink,
                    const CodecArguments& arguments, const std::vector<std::string>& frames);

}  // namespace afferent::cli
