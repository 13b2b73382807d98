// Diehl and its older names (Hydrometer, Sappel, Spanner-Pollux, EWT): PRIOS telegrams of IZAR water meters, and "real
// data", standard records behind the same scrambler. Pure functions. There is no public text of either: the layout is
// as receivers of these meters describe it.
#pragma once

#include <string>

#include "drivers/wmbus/link.h"
#include "drivers/wmbus/maker.h"

namespace afferent::drivers::wmbus {

// Behind CI A0 to A7.
bool read_prios(const MakerFrame& frame, MakerReadings& out, std::string& why);

// In these telegrams the address has version and type in front of the digits, or no version and type at all.
mbus::Identity diehl_identity(const Link& link);

// A security mode of 16 and more behind CI 7A, which the standard reserves.
bool is_real_data(const Link& link);
// The AES key of meters that nobody has given another.
const Key& diehl_factory_key();
bool is_diehl(std::uint16_t maker);

// Records out of such a frame; they may be plain already. False with `why` when no key fits.
bool open_real_data(core::ByteView frame, const Key* key, core::Bytes& plain, std::string& why);

}  // namespace afferent::drivers::wmbus
