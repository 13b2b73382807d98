#include "agent/assembly/addresses.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "agent/assembly/driver_mistakes.h"

namespace afferent::assembly {
namespace {

using core::ConfigNode;

constexpr std::array<std::string_view, 7> kParts{"address", "secondary", "unit",  "primary",
                                                 "maker",   "version",   "medium"};
constexpr std::size_t kWithWildcards = 2;  // of these, from the front: in others such a digit stands for itself
// What may be asked of one device in two ways: by two profiles, in two measurements.
constexpr std::array<std::string_view, 3> kAsked{"measurements", "register", "channels"};

using Parts = std::array<std::string, kParts.size()>;

// A device's address as its driver has it, and where it is written.
struct Address {
  const config::DeviceConfig* device = nullptr;
  Parts parts{};          // empty: not given, or any
  std::string asked{};    // of this address
  core::Source source{};  // of the first part that is written; line 0: all are defaults
  std::string_view named{};
  bool wild = false;  // it has digits that stand for any
};

// `folded`: its letters are hexadecimal digits; else two cases are two letters, as in SDI-12.
std::string comparable(const ConfigNode& node, bool folded) {
  std::string text;
  for (const ConfigNode& item : node.list()) text += comparable(item, folded) + ",";
  for (const auto& [key, value] : node.table()) text += key + "=" + comparable(value, folded) + ";";
  if (text.empty() && !node.empty()) text = config::shown(node);
  if (!folded) return text;
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

// Nothing for a device that names no part of an address, and whose driver has no default for one.
std::optional<Address> address_of(const config::DeviceConfig& device) {
  Address address{.device = &device};
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    const ConfigNode& node = device.options[kParts[i]];
    if (node.empty()) continue;
    address.parts[i] = comparable(node, !device.driver->any_digit.empty());
    if (i < kWithWildcards)
      address.wild |= address.parts[i].find_first_of(device.driver->any_digit) != std::string::npos;
    if (!address.named.empty() && address.source.line != 0) continue;
    address.source = node.source();
    address.named = kParts[i];
  }
  if (address.named.empty()) return std::nullopt;
  address.asked = comparable(device.profile, false);
  for (const std::string_view key : kAsked) address.asked += comparable(device.options[key], false) + "\n";
  return address;
}

bool is_any(char digit, std::string_view any_digit) { return any_digit.find(digit) != any_digit.npos; }

// The shorter one leaves open what follows.
bool meet(std::string_view a, std::string_view b, std::string_view any_digit) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    if (a[i] != b[i] && !is_any(a[i], any_digit) && !is_any(b[i], any_digit)) return false;
  }
  return true;
}

// `a` has wildcards. What it says of the maker and the like may set it apart from one who says nothing of it.
bool take_in(const Address& a, const Address& b) {
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    if (i >= kWithWildcards && !a.parts[i].empty() && a.parts[i] != b.parts[i]) return false;
    if (i < kWithWildcards && !meet(a.parts[i], b.parts[i], a.device->driver->any_digit)) return false;
  }
  return true;
}

config::Problem problem_of(const Address& address, std::string_view is, const Address& other) {
  config::Problem problem = in_device(*address.device);
  if (address.source.line != 0) problem.source = address.source;
  problem.message = std::string(is) + " device '" + other.device->identity.id + "' at " + other.device->source.text() +
                    "; each device of a port has its own";
  return problem;
}

// `devices`: of one driver on one port.
void compare(const std::vector<Address>& devices, config::Problems& problems) {
  std::map<std::pair<Parts, std::string>, const Address*> first;
  for (const Address& address : devices) {
    const auto [known, fresh] = first.emplace(std::pair(address.parts, address.asked), &address);
    if (!fresh) {
      problems.push_back(problem_of(address, "has the same " + std::string(address.named) + " as", *known->second));
      continue;
    }
    if (!address.wild) continue;
    const auto other = std::find_if(devices.begin(), devices.end(), [&](const Address& one) {
      return one.parts != address.parts && take_in(address, one);
    });
    if (other == devices.end()) continue;
    problems.push_back(
        problem_of(address, "has the " + std::string(address.named) + " of any, so also that of", *other));
  }
}

}  // namespace

config::Problems same_addresses(const config::Config& config) {
  std::map<std::pair<std::size_t, const core::DriverSpec*>, std::vector<Address>> places;
  for (const config::DeviceConfig& device : config.devices) {
    if (device.broken || device.driver->scope == core::Scope::port) continue;
    if (auto address = address_of(device)) places[{device.port, device.driver}].push_back(std::move(*address));
  }
  config::Problems problems;
  for (const auto& [place, devices] : places) compare(devices, problems);
  return problems;
}

}  // namespace afferent::assembly
