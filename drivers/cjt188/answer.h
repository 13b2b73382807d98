// The data of a reply as values. Pure functions, thread-safe.
// Source: CJ/T 188-2004, section "data identification", and what meters in the field send instead.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/core/value.h"
#include "drivers/cjt188/channels.h"
#include "drivers/cjt188/frame.h"
#include "drivers/cjt188/options.h"

namespace afferent::drivers::cjt188 {

struct ReadItem {
  Item item{};
  std::uint8_t storage = 0;
  core::Value value;
  core::Quality quality = core::Quality::good;
};

struct Answer {
  std::vector<ReadItem> items;
  std::string trouble;  // what of the data could not be read, and why; empty: all of it could
};

// `data` of a reply without the error bit, from its DI on.
Answer read_answer(std::uint8_t type, core::ByteView data, const Dialect& dialect);

// A current reading (901F) that is all there, so that nothing need follow it.
bool is_whole_reading(core::ByteView data);

// ST0, or ST0 and ST1.
void read_status(core::ByteView status, const Dialect& dialect, Answer& answer);

// ST of a reply with the error bit: it comes as SER ST0 ST1, or behind an echo of the DI, mostly with SER, and is then
// one or two bytes.
core::ByteView error_status(core::ByteView data);

}  // namespace afferent::drivers::cjt188
