// Device profiles: TOML data that tell one device of a driver from another. Thread-safe; reads files only.
#pragma once

#include <span>
#include <string>

#include "agent/config/problem.h"
#include "agent/core/config_tree.h"
#include "agent/core/driver.h"

namespace afferent::config {

struct Profile {
  core::ConfigNode node;  // checked by the driver's profile fields
  Problems problems;      // in the profile, or one at `asked` when there is no such profile
};

// `name` is looked for as profiles/<driver>/<name>.toml in each of `places`; a name that ends in .toml is a path,
// relative to the folder of `asked` (where the name stands, or an empty source: the current folder).
Profile load_profile(const core::DriverSpec& driver, const std::string& name, std::span<const std::string> places,
                     const core::Source& asked = {});

}  // namespace afferent::config
