#include "agent/config/profile.h"

#include <algorithm>

#include "agent/config/check.h"
#include "agent/config/files.h"
#include "agent/config/parse.h"
#include "agent/config/suggest.h"

namespace afferent::config {
namespace {

bool is_path(std::string_view name) { return name.ends_with(".toml"); }

bool is_plain(std::string_view name) {
  return !name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

std::string folder_in(const std::string& place, const core::DriverSpec& driver) {
  return place + "/profiles/" + std::string(driver.name);
}

// The file of the profile; empty when there is none.
std::string find(const core::DriverSpec& driver, const std::string& name, std::span<const std::string> places,
                 const core::Source& asked) {
  if (is_path(name)) {
    std::string path = resolved(name, asked.file);
    return is_file(path) ? path : std::string();
  }
  if (!is_plain(name)) return {};
  for (const std::string& place : places) {
    std::string path = folder_in(place, driver) + "/" + name + ".toml";
    if (is_file(path)) return path;
  }
  return {};
}

std::string not_found(const core::DriverSpec& driver, const std::string& name, std::span<const std::string> places) {
  if (is_path(name)) return "there is no file " + in_quotes(name);
  std::vector<std::string> known;
  for (const std::string& place : places) {
    const std::vector<std::string> here = names_in(folder_in(place, driver), ".toml");
    known.insert(known.end(), here.begin(), here.end());
  }
  return "the driver " + std::string(driver.name) + " has no profile " + in_quotes(name) +
         hint(name, Names(known.begin(), known.end()));
}

}  // namespace

Profile load_profile(const core::DriverSpec& driver, const std::string& name, std::span<const std::string> places,
                     const core::Source& asked) {
  Profile profile;
  const auto problem = [&](std::string message) { add(profile.problems, asked, "profile", std::move(message)); };
  if (driver.profile.empty()) {
    problem("the driver " + std::string(driver.name) + " has no profiles; leave the key out");
    return profile;
  }
  const std::string path = find(driver, name, places, asked);
  if (path.empty()) {
    problem(not_found(driver, name, places));
    return profile;
  }
  Parsed parsed = read(path);
  if (parsed.node) {
    profile.problems = check(*parsed.node, driver.profile, profile.node);
  } else {
    profile.problems.push_back(std::move(parsed.problem));
  }
  return profile;
}

}  // namespace afferent::config
