#include "drivers/iio/attributes.h"

#include <algorithm>
#include <array>

#include "drivers/common/named_text.h"

namespace afferent::drivers::iio {
namespace {

constexpr std::string_view kScale = "_scale";
constexpr std::string_view kOffset = "_offset";

}  // namespace

Attributes::Attributes(std::vector<std::string> inputs, std::optional<double> scale, std::optional<double> offset)
    : inputs_(std::move(inputs)), scale_(scale), offset_(offset) {}

// "in_accel_x" has in_accel_x_scale and in_accel_scale, "in_voltage0" in_voltage0_scale and in_voltage_scale, and
// "in_voltage0-voltage1" in_voltage0-voltage1_scale and in_voltage-voltage_scale.
std::vector<std::string> Attributes::candidates(const std::string& input, std::string_view ending) const {
  std::vector<std::string> files{input + std::string(ending)};
  std::string shared = input;
  if (const auto axis = shared.rfind('_'); axis != std::string::npos && axis > 2) {
    shared.resize(axis);
  } else {
    std::erase_if(shared, [](char c) { return c >= '0' && c <= '9'; });
  }
  if (shared != input) files.push_back(shared + std::string(ending));
  return files;
}

std::optional<std::string> Attributes::unread(const std::string& input, std::string_view ending) const {
  for (const std::string& file : candidates(input, ending)) {
    const auto known = known_.find(file);
    if (known == known_.end()) return file;
    if (known->second) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<double> Attributes::constant(const std::string& input, std::string_view ending) const {
  for (const std::string& file : candidates(input, ending)) {
    const auto known = known_.find(file);
    if (known != known_.end() && known->second) return known->second;
  }
  return std::nullopt;
}

std::optional<std::string> Attributes::next() const {
  for (const std::string& input : inputs_) {
    if (is_processed(input)) continue;
    if (!scale_) {
      if (auto file = unread(input, kScale)) return file;
    }
    if (!offset_) {
      if (auto file = unread(input, kOffset)) return file;
    }
  }
  for (const std::string& input : inputs_) {
    if (values_.find(file_of(input)) == values_.end()) return file_of(input);
  }
  return std::nullopt;
}

bool Attributes::take(std::string_view name, std::string_view text) {
  const auto number = number_in<double>(text);
  if (!number && !text.empty()) return false;
  for (const std::string& input : inputs_) {
    if (name == file_of(input)) {
      if (!number) return false;
      values_.insert_or_assign(std::string(name), *number);
      return true;
    }
    for (const std::string_view ending : {kScale, kOffset}) {
      const auto files = candidates(input, ending);
      if (std::find(files.begin(), files.end(), name) == files.end()) continue;
      known_.insert_or_assign(std::string(name), number);
      return true;
    }
  }
  return false;
}

std::string Attributes::missing() const {
  for (const std::string& input : inputs_) {
    if (!is_processed(input) && !scale_ && !constant(input, kScale)) return "scale of " + input;
  }
  return {};
}

std::optional<std::vector<double>> Attributes::values() const {
  std::vector<double> all;
  for (const std::string& input : inputs_) {
    const auto value = values_.find(file_of(input));
    if (value == values_.end()) return std::nullopt;
    if (is_processed(input)) {
      all.push_back(value->second);
      continue;
    }
    const auto scale = scale_ ? scale_ : constant(input, kScale);
    if (!scale) return std::nullopt;
    const double offset = offset_ ? *offset_ : constant(input, kOffset).value_or(0.0);
    all.push_back((value->second + offset) * *scale);
  }
  return all;
}

}  // namespace afferent::drivers::iio
