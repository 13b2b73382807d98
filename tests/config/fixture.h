// A folder of configuration files for one test, and drivers and rule kinds that need no code.
#pragma once

#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "agent/config/load.h"
#include "tests/support/temp_folder.h"

namespace afferent::test {

// One driver with profiles and an own `framing` (modbus), one without (cjt188); the kinds threshold, rate and range.
std::span<const core::DriverSpec* const> fake_drivers();
std::span<const core::RuleKindSpec* const> fake_rules();

class ConfigFolder {
 public:
  ConfigFolder();
  ConfigFolder(const ConfigFolder&) = delete;
  ConfigFolder& operator=(const ConfigFolder&) = delete;

  const std::string& path() const { return folder_.path(); }
  std::string write(const std::string& name, std::string_view text) const;  // the file's path

  config::Catalog catalog() const { return {fake_drivers(), fake_rules(), path() + "/data"}; }
  config::Loaded load() const { return config::load(path() + "/afferent.toml", catalog()); }

  // The problems as texts, with this folder's name taken out: "afferent.toml:12: device.poll: ...".
  std::vector<std::string> texts(const config::Problems& problems) const;
  std::vector<std::string> mistakes() const { return texts(load().problems); }

 private:
  TempFolder folder_;
};

// The mistakes of this text as afferent.toml alone in a folder, with the board `pc` and the profile `level`.
std::vector<std::string> mistakes_of(std::string_view toml);

// The mistakes one a line, for a comparison that shows all of them.
std::string joined(const std::vector<std::string>& lines);

// A right [node] in two lines; a right port and device after it in ten.
inline constexpr std::string_view kNode = "[node]\nid = \"gateway-1\"\n";
inline constexpr std::string_view kPort = "[[port]]\nid = \"line-1\"\nkind = \"serial\"\npath = \"/dev/ttyS9\"\n";
inline constexpr std::string_view kDevice =
    "[[device]]\nid = \"meter-1\"\ndriver = \"cjt188\"\nport = \"line-1\"\ndomain = \"water\"\naddress = \"01\"\n";

}  // namespace afferent::test
