// Where a key stands for the first time, for a message about its second one. Pure function.
#pragma once

#include <cstdint>
#include <string_view>

namespace afferent::config {

// The line (from 1) before `line` that gives what `line` gives again: the same key in the same table, or the same
// [table]. 0 when none is found, as for keys written in another way.
std::uint32_t first_definition(std::string_view toml, std::uint32_t line);

}  // namespace afferent::config
