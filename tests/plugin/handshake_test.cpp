// What is compared before anything of a file is called.
#include "agent/plugin/handshake.h"

#include <doctest/doctest.h>

#include "agent/plugin/loader.h"
#include "agent/plugin/trusted.h"

using namespace afferent;
using plugin::AfferentPlugin;
using plugin::check_handshake;

namespace {

const void* none() noexcept { return nullptr; }

AfferentPlugin right() { return {sizeof(AfferentPlugin), plugin::kPluginAbi, plugin::kTag.text(), &none}; }

std::string refusal(const AfferentPlugin& plugin) {
  const auto result = check_handshake(plugin);
  return result ? "" : result.error().message();
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

core::DriverSpec usable() {
  core::DriverSpec spec;
  spec.name = "acme-2_x";
  spec.create = [](const core::DriverConfig&) -> core::Result<std::unique_ptr<core::Driver>> {
    return core::Error(core::ErrorCode::bug, "never called");
  };
  return spec;
}

}  // namespace

TEST_CASE("a driver of the same build is accepted") { CHECK(refusal(right()) == ""); }

TEST_CASE("another size, another ABI and missing parts are refused before the tag is read") {
  AfferentPlugin other = right();
  other.abi = 7;
  other.tag = reinterpret_cast<const char*>(16);  // reading it would crash
  CHECK(contains(refusal(other), "was built for driver ABI 7"));
  other.abi = plugin::kPluginAbi;
  other.size = 8;
  CHECK(contains(refusal(other), "(8 bytes)"));
  other = right();
  other.spec = nullptr;
  CHECK(contains(refusal(other), "no spec"));
  other = right();
  other.tag = nullptr;
  CHECK(contains(refusal(other), "no tag"));
}

TEST_CASE("a tag that differs is refused with the first difference and both tags") {
  std::string tag = plugin::kTag.text();
  CHECK(contains(tag, " debug=0 "));
  CHECK(contains(tag, " WireEvent=" + std::to_string(sizeof(core::WireEvent)) + " "));
  AfferentPlugin other = right();
  const std::string longer = tag + " more=1";
  other.tag = longer.c_str();
  CHECK(contains(refusal(other), longer));
  const std::string shorter = tag.substr(0, tag.rfind(' '));
  other.tag = shorter.c_str();
  CHECK_FALSE(refusal(other).empty());
  tag.replace(tag.find("debug=0"), 7, "debug=1");
  other.tag = tag.c_str();
  CHECK(contains(refusal(other), "debug=1 instead of debug=0"));
  CHECK(contains(refusal(other), plugin::kTag.text()));
}

TEST_CASE("a spec needs a name, create() and options with keys") {
  CHECK(plugin::check_spec(usable()).ok());
  for (const std::string_view name : {"", "Acme", "2x", "a b", "a/b", "a_name_of_thirty-three_characters"}) {
    core::DriverSpec spec = usable();
    spec.name = name;
    CAPTURE(name);
    CHECK_FALSE(plugin::check_spec(spec).ok());
  }
  core::DriverSpec spec = usable();
  spec.create = nullptr;
  CHECK_FALSE(plugin::check_spec(spec).ok());
  spec = usable();
  spec.ports = "";
  CHECK_FALSE(plugin::check_spec(spec).ok());
  static constexpr std::array kNoKey{core::ConfigField{.key = ""}};
  spec = usable();
  spec.options = kNoKey;
  CHECK_FALSE(plugin::check_spec(spec).ok());
}

TEST_CASE("only files that nobody but root can change are trusted") {
  CHECK(plugin::trusted_file("/bin/sh").ok());  // through symbolic links
  CHECK(plugin::trusted_file("/dev/null").error().message() == "is not a regular file");
  CHECK(contains(plugin::trusted_file("/nowhere/at/all.so").error().message(), "cannot be read: "));
}

TEST_CASE("a loader knows the built-in drivers and refuses what cannot be loaded") {
  const core::DriverSpec spec = usable();
  const std::array built_in{&spec};
  plugin::Loader loader(built_in);
  CHECK(loader.find("acme-2_x") == &spec);
  CHECK(loader.find("acme") == nullptr);
  CHECK_FALSE(loader.load("/nowhere/at/all.so").ok());
  CHECK(loader.drivers().size() == 1);
}
