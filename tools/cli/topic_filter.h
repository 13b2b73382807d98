// Whether an MQTT topic filter is one. Pure functions. Source: MQTT 5.0, sections 4.7.1 and 4.7.3.
#pragma once

#include <string_view>

namespace afferent::cli {

// What is wrong with it, empty where nothing is.
std::string_view filter_mistake(std::string_view filter);

}  // namespace afferent::cli
