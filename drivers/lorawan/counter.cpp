#include "drivers/lorawan/counter.h"

#include <algorithm>
#include <charconv>

namespace afferent::drivers::lorawan {
namespace {

std::uint64_t hash_of(std::string_view text) {  // FNV-1a
  std::uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash == 0 ? 1 : hash;
}

std::uint32_t address_of(std::string_view text) {
  std::uint32_t address = 0;
  std::from_chars(text.data(), text.data() + text.size(), address, 16);
  return address;
}

}  // namespace

bool FrameCounter::seen_id(std::string_view id) {
  if (id.empty()) return false;
  const std::uint64_t hash = hash_of(id);
  if (std::find(ids_.begin(), ids_.end(), hash) != ids_.end()) return true;
  ids_[next_id_] = hash;
  next_id_ = (next_id_ + 1) % ids_.size();
  return false;
}

void FrameCounter::begin(std::uint32_t fcnt) {
  state_.known = true;
  state_.last = fcnt;
  state_.seen = 1;
}

void FrameCounter::joined() {
  state_.known = false;
  state_.dev_addr = 0;
}

bool FrameCounter::begins_again(std::uint32_t fcnt, std::uint32_t dev_addr, std::optional<core::Micros> time) const {
  if (!state_.known) return true;
  if (dev_addr != 0 && state_.dev_addr != 0 && dev_addr != state_.dev_addr) return true;
  if (fcnt > state_.last) return false;
  if (state_.last - fcnt >= kWindow) return true;
  return time && state_.time_us != 0 && *time - core::Micros{state_.time_us} > kRestart;
}

FrameCounter::Verdict FrameCounter::see(std::uint32_t fcnt, std::string_view id, std::string_view dev_addr,
                                        std::optional<core::Micros> time) {
  if (seen_id(id)) return Verdict::duplicate;
  const std::uint32_t address = address_of(dev_addr);
  const bool again = begins_again(fcnt, address, time);
  if (address != 0) state_.dev_addr = address;
  if (!again && fcnt <= state_.last) {
    const std::uint64_t bit = std::uint64_t{1} << (state_.last - fcnt);
    if ((state_.seen & bit) != 0) return Verdict::duplicate;
    state_.seen |= bit;
    return Verdict::late;
  }
  if (again) {
    begin(fcnt);
  } else {
    const std::uint32_t step = fcnt - state_.last;
    state_.seen = step >= kWindow ? 1 : state_.seen << step | 1;
    state_.last = fcnt;
  }
  state_.time_us = time ? time->count() : 0;
  return Verdict::fresh;
}

}  // namespace afferent::drivers::lorawan
