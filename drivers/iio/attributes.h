// Which attributes of a device are read, and what their texts make: (raw + offset) * scale. Value type, no I/O.
//
// Source: Documentation/ABI/testing/sysfs-bus-iio of the Linux kernel.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace afferent::drivers::iio {

class Attributes {
 public:
  // `inputs`: attributes without their ending ("in_accel_x", "in_voltage0"), or whole ones that end in "_input".
  // A given scale or offset stands instead of the device's.
  Attributes(std::vector<std::string> inputs, std::optional<double> scale, std::optional<double> offset);

  // What has to be read next, nothing when all inputs have a value. Scale and offset are read once, the most special
  // file first: in_accel_x_scale, in_accel_scale.
  std::optional<std::string> next() const;
  // An empty text: it cannot be read. False for a name that is none of ours or a text that is no number.
  bool take(std::string_view name, std::string_view text);

  bool complete() const { return values_.size() == inputs_.size() && !next(); }
  // In the order of the inputs; nothing when one of them has no value or no scale.
  std::optional<std::vector<double>> values() const;
  std::string missing() const;  // what complete() inputs lack, for people; empty: nothing
  void next_sample() { values_.clear(); }
  void forget() {  // it may be another device now
    values_.clear();
    known_.clear();
  }

 private:
  std::vector<std::string> candidates(const std::string& input, std::string_view ending) const;
  std::optional<std::string> unread(const std::string& input, std::string_view ending) const;
  std::optional<double> constant(const std::string& input, std::string_view ending) const;
  static bool is_processed(std::string_view input) { return input.ends_with("_input"); }
  static std::string file_of(const std::string& input) { return is_processed(input) ? input : input + "_raw"; }

  const std::vector<std::string> inputs_;
  const std::optional<double> scale_;
  const std::optional<double> offset_;
  std::map<std::string, double, std::less<>> values_;                // by file, of this sample
  std::map<std::string, std::optional<double>, std::less<>> known_;  // scale and offset files; nothing: not there
};

}  // namespace afferent::drivers::iio
