// Which keys of a rule say the same thing in another way, so that one of them takes the place of the others. Static
// data; private to this folder.
#pragma once

#include <span>
#include <string_view>

namespace afferent::config {

// What a preset must not say any more of a rule of this kind when `key` was written for it. Empty for most keys.
std::span<const std::string_view> replaced_by(std::string_view kind, std::string_view key);

}  // namespace afferent::config
