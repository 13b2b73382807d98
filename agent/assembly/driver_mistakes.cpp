#include "agent/assembly/driver_mistakes.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/assembly/calibration.h"
#include "agent/assembly/doubts.h"
#include "agent/assembly/tree_places.h"
#include "agent/plugin/guarded_driver.h"

namespace afferent::assembly {
namespace {

constexpr int kMostTries = 20;  // for one device

bool is_key(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.") == text.npos;
}

// Drivers say `address = "12": must be ...`; the key is told as that of any other mistake.
void take_key(config::Problem& problem) {
  const std::size_t end = problem.message.find(" = \"");
  const std::string_view key = std::string_view(problem.message).substr(0, end);
  if (end == std::string::npos || problem.key.starts_with("device.") || !is_key(key)) return;
  problem.key = "device." + std::string(key);
  problem.message.erase(0, end + 3);
}

// One a line of the message.
config::Problems problems_in(std::string_view message, const config::DeviceConfig& device) {
  config::Problems problems = config::located_lines(message, in_device(device));
  for (config::Problem& problem : problems) take_key(problem);
  if (problems.empty()) problems.push_back(in_device(device));
  return problems;
}

// What comes of an attempt to make the driver.
struct Made {
  std::unique_ptr<core::Driver> driver;
  config::Problems refused{};  // empty with a driver
};

bool has(const config::Problems& problems, const config::Problem& one) {
  return std::any_of(problems.begin(), problems.end(),
                     [&one](const config::Problem& other) { return other.text() == one.text(); });
}

// One device tried alone, again and again without what was refused so far.
class Trial {
 public:
  Trial(const core::DriverSpec& spec, core::DriverDevice device, const config::DeviceConfig& written,
        const core::Clock& clock)
      : spec_(spec), device_(std::move(device)), written_(written), clock_(clock), doubts_(spec, written, device_) {}

  config::Problems run() {
    config::Problems all;
    for (int tries = 0; tries < kMostTries; ++tries) {
      const Made made = make(device_);
      accepted_ = accepted_ || (made.driver && doubts_.none());
      config::Problems found = made.driver ? corrections(*made.driver) : own_mistakes(made.refused);
      std::erase_if(found, [&all](const config::Problem& one) { return has(all, one); });
      std::move(found.begin(), found.end(), std::back_inserter(all));
      if (made.driver || !leave_out(made.refused)) break;
    }
    return all;
  }

  bool accepted() const { return accepted_; }  // as it is written, corrections aside

 private:
  Made make(const core::DriverDevice& device) const {
    auto driver = plugin::create_driver(spec_, {{device}}, clock_);
    if (driver) return {std::move(driver).value()};
    return {nullptr, problems_in(driver.error().message(), written_)};
  }

  std::vector<Made> with_right_values() const {
    std::vector<Made> all;
    for (const core::DriverDevice& device : doubts_.with_right_values(device_)) all.push_back(make(device));
    return all;
  }

  // Once something is left out, only what a key or a table says by itself, and not for want of that.
  config::Problems own_mistakes(const config::Problems& refused) {
    if (doubts_.none()) return refused;
    const std::vector<Made> others = with_right_values();
    config::Problems own;
    for (const config::Problem& one : refused) {
      if (stands_alone(one) && !follows(one, refused, others)) {
        own.push_back(one);
      } else {
        doubts_.lose_sight();
      }
    }
    return own;
  }

  bool stands_alone(const config::Problem& problem) const {
    if (doubts_.named_in(problem.message)) return false;
    if (item_at(device_, problem)) return true;
    const auto key = key_at(device_, problem);
    return key && !doubts_.thinned(*key);
  }

  // Some right value makes it go away, and nothing else comes of that value.
  static bool follows(const config::Problem& problem, const config::Problems& refused,
                      const std::vector<Made>& others) {
    return std::any_of(others.begin(), others.end(), [&](const Made& other) {
      const bool nothing_new = std::all_of(other.refused.begin(), other.refused.end(),
                                           [&refused](const config::Problem& one) { return has(refused, one); });
      return nothing_new && !has(other.refused, problem);
    });
  }

  config::Problems corrections(const core::Driver& driver) const {
    const auto channels = driver.channels(core::DeviceRef{});
    std::vector<std::string_view> excused;
    const std::vector<std::string_view> missing = calibrated_and_missing(written_, channels);
    const std::vector<Made> others = missing.empty() ? std::vector<Made>() : with_right_values();
    for (const std::string_view name : missing) {
      if (doubts_.unclear() || doubts_.may_give(name) || any_has(others, name)) excused.push_back(name);
    }
    return calibration_mistakes(written_, channels, spec_.declares, excused);
  }

  static bool any_has(const std::vector<Made>& others, std::string_view name) {
    return std::any_of(others.begin(), others.end(), [name](const Made& other) {
      if (!other.driver) return false;
      const auto channels = other.driver->channels(core::DeviceRef{});
      return std::any_of(channels.begin(), channels.end(),
                         [name](const core::ChannelSpec& channel) { return channel.name == name; });
    });
  }

  // False when nothing can be left out.
  bool leave_out(const config::Problems& refused) {
    bool any = false;
    for (const config::Problem& one : refused) {
      std::optional<TreePlace> place = key_at(device_, one);
      if (!place || !is_single(node_at(device_, *place))) place = item_at(device_, one);
      if (!place) continue;
      doubts_.leave_out(device_, *place);
      any = true;
    }
    return any;
  }

  const core::DriverSpec& spec_;
  core::DriverDevice device_;
  const config::DeviceConfig& written_;
  const core::Clock& clock_;
  Doubts doubts_;
  bool accepted_ = false;
};

// Whom of several devices the problem is about; nobody where it does not say.
std::optional<std::size_t> whose(const core::DriverConfig& setup, std::span<const config::DeviceConfig* const> devices,
                                 const config::Problem& problem) {
  for (std::size_t i = 0; i < setup.devices.size(); ++i) {
    if (same_place(devices[i]->source, problem.source)) return i;
    for (const auto& [key, value] : setup.devices[i].options.table()) {
      if (same_place(value.source(), problem.source)) return i;
    }
  }
  return std::nullopt;
}

}  // namespace

config::Problem in_device(const config::DeviceConfig& device) {
  return {device.source, "device '" + device.identity.id + "'", {}, 0};
}

config::Problems driver_mistakes(const core::DriverSpec& spec, const core::DriverConfig& setup,
                                 std::span<const config::DeviceConfig* const> devices, const core::Clock& clock) {
  config::Problems all;
  core::DriverConfig rest;
  std::vector<const config::DeviceConfig*> left;
  for (std::size_t i = 0; i < setup.devices.size(); ++i) {
    Trial trial(spec, setup.devices[i], *devices[i], clock);
    config::Problems found = trial.run();
    if (trial.accepted()) {
      rest.devices.push_back(setup.devices[i]);
      left.push_back(devices[i]);
    }
    std::move(found.begin(), found.end(), std::back_inserter(all));
  }
  while (rest.devices.size() > 1) {
    const auto driver = plugin::create_driver(spec, rest, clock);
    if (driver) break;
    config::Problems found = problems_in(driver.error().message(), *left.front());
    const auto blamed = whose(rest, left, found.front());
    std::move(found.begin(), found.end(), std::back_inserter(all));
    if (!blamed) break;
    rest.devices.erase(rest.devices.begin() + static_cast<std::ptrdiff_t>(*blamed));
    left.erase(left.begin() + static_cast<std::ptrdiff_t>(*blamed));
  }
  return all;
}

config::Problems option_mistakes(const core::DriverSpec& spec, const core::DriverDevice& device,
                                 const config::DeviceConfig& written, const core::Clock& clock) {
  return Trial(spec, device, written, clock).run();
}

}  // namespace afferent::assembly
