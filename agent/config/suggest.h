// "Did you mean": the nearest of the names that would have been right. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace afferent::config {

using Names = std::vector<std::string_view>;

// The name nearest to `wrong`, or an empty one when none is near (a third of its letters may differ, one at least).
std::string_view nearest(std::string_view wrong, const Names& names);

// "; did you mean 'poll'?" or, where no name is near, "; allowed: id, poll" with at most 30 names of it.
std::string hint(std::string_view wrong, const Names& names, std::string_view introduction = "allowed");

// "a, b, c", at most `most` names.
std::string joined(const Names& names, std::size_t most = 30);

// The parts of "a|b|c"; none for an empty text.
Names split(std::string_view text, char separator);

}  // namespace afferent::config
