// The texts of alerts in both languages, as tables: a new sentence is a line in phrases.cpp, a channel one in
// nouns.cpp. Static data.
#pragma once

#include <array>
#include <string_view>

#include "agent/rules/kind.h"
#include "agent/rules/setup.h"

namespace afferent::rules {

using Pair = std::array<std::string_view, 2>;  // in the order of Language
inline std::string_view in(Language language, const Pair& pair) { return pair[static_cast<std::size_t>(language)]; }

std::string_view text_of(Language language, Phrase phrase, bool cleared);
// Which limit a sentence speaks of, where a rule may have two: an alert that turns to the other says something else.
bool of_lower_limit(Phrase phrase);
// What people call a channel; empty for one that is not in the table.
std::string_view noun_of(Language language, std::string_view channel);

}  // namespace afferent::rules
