#include "agent/plugin/handshake.h"

#include <algorithm>
#include <cstring>

namespace afferent::plugin {
namespace {

constexpr std::size_t kLongestTag = 4096;
constexpr std::size_t kLongestName = 32;

core::Error refused(std::string why) { return {core::ErrorCode::bad_config, std::move(why)}; }

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestName || name.front() < 'a' || name.front() > 'z') return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

// The first word in which two tags differ.
std::string_view word_at(std::string_view tag, std::size_t at) {
  const std::size_t before = tag.substr(0, at).rfind(' ');
  const std::size_t begin = before == tag.npos ? 0 : before + 1;
  return tag.substr(begin, tag.find(' ', begin) - begin);
}

core::Error other_build(std::string_view theirs, std::string_view ours) {
  const auto [their, our] = std::mismatch(theirs.begin(), theirs.end(), ours.begin(), ours.end());
  const auto at = static_cast<std::size_t>(their - theirs.begin());
  return refused("was built with another standard library, another mode of it or other headers: " +
                 std::string(word_at(theirs, at)) + " instead of " + std::string(word_at(ours, at)) +
                 "\n  the driver: " + std::string(theirs) + "\n  this program: " + std::string(ours));
}

}  // namespace

core::Result<void> check_handshake(const AfferentPlugin& plugin) {
  if (plugin.size != sizeof(AfferentPlugin) || plugin.abi != kPluginAbi) {
    return refused("was built for driver ABI " + std::to_string(plugin.abi) + " (" + std::to_string(plugin.size) +
                   " bytes); this program has ABI " + std::to_string(kPluginAbi) + " (" +
                   std::to_string(sizeof(AfferentPlugin)) + " bytes): build the driver with its headers");
  }
  if (plugin.tag == nullptr || plugin.spec == nullptr) return refused("exports no tag or no spec");
  const std::string_view theirs(plugin.tag, ::strnlen(plugin.tag, kLongestTag));
  if (theirs != kTag.text()) return other_build(theirs, kTag.text());
  return {};
}

core::Result<void> check_spec(const core::DriverSpec& spec) {
  if (!is_name(spec.name)) {
    return refused("its driver has no usable name; allowed: a-z, 0-9, '_' and '-', beginning with a letter, at most " +
                   std::to_string(kLongestName) + " characters");
  }
  const std::string name = "driver '" + std::string(spec.name) + "' ";
  if (spec.create == nullptr) return refused(name + "has no create()");
  if (spec.scope != core::Scope::device && spec.scope != core::Scope::port) return refused(name + "has no known scope");
  if (spec.ports.empty()) return refused(name + "names no kind of port");
  for (const auto fields : {spec.options, spec.profile}) {
    if (std::any_of(fields.begin(), fields.end(), [](const core::ConfigField& field) { return field.key.empty(); })) {
      return refused(name + "has an option without a key");
    }
  }
  return {};
}

}  // namespace afferent::plugin
