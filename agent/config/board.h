// What is known of a board: names for its serial and digital lines. Thread-safe; reads files only.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "agent/config/problem.h"

namespace afferent::config {

struct BoardLine {
  std::string path;
  bool rs485 = false;  // the kernel has to switch the transceiver
};

struct BoardGpio {
  std::string chip;        // device file
  std::uint32_t line = 0;  // in the chip
};

struct Board {
  std::map<std::string, BoardLine, std::less<>> lines;  // by alias
  std::map<std::string, BoardGpio, std::less<>> gpio;   // by alias
  bool known = false;                                   // its file was found
};

// Reads boards/<name>/board.toml in the first of `places` that has it. A board that is nowhere is a problem at `asked`,
// unless no place has a folder boards/ and the board was not asked for by name (`asked` has no line).
Board load_board(const std::string& name, std::span<const std::string> places, const core::Source& asked,
                 Problems& problems);

}  // namespace afferent::config
