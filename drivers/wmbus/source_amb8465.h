// Amber AMB8465 and relatives: command mode (FF, command, length, payload, RSSI, XOR), else transparent frames.
// AMB8465 user manual, "Telegram format in the UART". Loop-bound.
#pragma once

#include "drivers/wmbus/source_raw.h"

namespace afferent::drivers::wmbus {

class Amb8465Source final : public RawSource {
 public:
  explicit Amb8465Source(bool rssi_byte) : RawSource(rssi_byte) {}

 protected:
  Verdict probe(core::ByteView bytes, bool last, Catcher& catcher) override;

 private:
  Verdict command(core::ByteView bytes, bool with_rssi, Catcher& catcher);

  core::Bytes frame_;
};

}  // namespace afferent::drivers::wmbus
