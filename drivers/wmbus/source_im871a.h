// IMST iM871A and iM891A: messages of the WiMOD host interface, of which the radio indications carry telegrams.
// WiMOD iM871A HCI specification, clauses 2 and 3. Loop-bound.
#pragma once

#include "drivers/wmbus/scanner.h"

namespace afferent::drivers::wmbus {

class Im871aSource final : public Scanner {
 protected:
  Verdict probe(core::ByteView bytes, bool last, Catcher& catcher) override;

 private:
  core::Bytes frame_;
};

// A radio indication as the dongle sends it, with RSSI and checksum, for the simulated dongle. `frame` begins with L.
core::Bytes im871a_indication(core::ByteView frame, std::uint8_t rssi);
double im871a_rssi(std::uint8_t value);
std::uint8_t im871a_rssi_value(double dbm);

}  // namespace afferent::drivers::wmbus
