// What ids, grid paths, dates, component codes and time zones look like. Pure functions, but for the zone look-up.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/config_tree.h"

namespace afferent::config {

// [a-z0-9][a-z0-9_-]* for a node; devices, ports and rules may have dots too. At most 64 characters.
bool is_node_id(std::string_view text);
bool is_id(std::string_view text);
bool is_domain(std::string_view text);       // [a-z]+
bool is_topic_level(std::string_view text);  // one level of a grid path: no '/', '+', '#', blank or control character
bool is_date(std::string_view text);         // YYYY-MM-DD, a day that exists
bool is_component(std::string_view text);    // 16 digits
bool is_host(std::string_view text);         // no blanks, control characters, '/' or "scheme:" in front

// Replaces a text "310104/013/07" by the list of its levels; any other node is returned as it is.
core::ConfigNode as_path(const core::ConfigNode& node);

// What is wrong with a time zone's name, with a hint; nothing for a good one. Where the system has no
// /usr/share/zoneinfo, only the form is checked.
std::optional<std::string> timezone_problem(const std::string& name);

}  // namespace afferent::config
