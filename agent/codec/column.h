// The columns of an open batch. Private to agent/codec; loop-bound.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "agent/codec/batcher.h"

namespace afferent::codec {

inline constexpr std::uint32_t kAbsent = 15;  // no reading of this channel in this poll

// Values of one series in the open batch: one entry for each poll of its device so far, absent ones included.
struct Batcher::Column {
  std::string name;
  std::uint32_t number = 0;  // of the channel; 0: goes by name
  std::int8_t exponent = 0;
  core::Value::Kind kind = core::Value::Kind::number;
  std::vector<double> numbers;  // for a text: index into `texts`
  std::vector<std::string> texts;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> exceptions;  // index into `numbers`, Quality on the wire
  std::vector<std::pair<std::uint32_t, std::int64_t>> measured;     // index into `numbers`, UTC in ms

  void pad(std::size_t polls) {
    while (numbers.size() < polls) {
      exceptions.emplace_back(static_cast<std::uint32_t>(numbers.size()), kAbsent);
      numbers.push_back(numbers.empty() ? 0.0 : numbers.back());
    }
  }
  void clear() {
    numbers.clear();
    texts.clear();
    exceptions.clear();
    measured.clear();
  }
};

struct Batcher::DeviceColumns {
  std::string id;
  bool heard = false;  // its first poll has gone out
  std::vector<core::Nanos> polls;
  std::vector<std::size_t> series;  // all of the device
};

}  // namespace afferent::codec
