// Loads drivers from files beside the built-in ones. Not thread-safe; in a program before it starts threads. What was
// loaded stays loaded until the process ends.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/driver.h"
#include "agent/core/result.h"

namespace afferent::plugin {

// Outlives whatever holds one of its specs.
class Loader {
 public:
  explicit Loader(std::span<const core::DriverSpec* const> built_in) : drivers_(built_in.begin(), built_in.end()) {}

  // Error{bad_config} says what is wrong with the file: not root's, not loadable, an object of another kind, another
  // ABI, another standard library, a name that is taken. Nothing exported by the file is called before all of this is
  // known; only its own static initialisers have run, which no loader can prevent.
  core::Result<const core::DriverSpec*> load(const std::string& path);

  std::span<const core::DriverSpec* const> drivers() const { return drivers_; }  // built-in, then in order of loading
  const core::DriverSpec* find(std::string_view name) const;                     // null for an unknown name

 private:
  std::vector<const core::DriverSpec*> drivers_;
  std::deque<core::DriverSpec> loaded_;
};

}  // namespace afferent::plugin
