#include "drivers/sl651/body.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "drivers/sl651/ascii_body.h"
#include "drivers/sl651/collect.h"
#include "drivers/sl651/hex_body.h"

namespace afferent::drivers::sl651 {
namespace {

// Values of one moment belong together, and what came first stays first.
void sort_by_time(std::vector<Item>& items) {
  std::vector<std::pair<core::Micros, std::size_t>> order;
  for (std::size_t i = 0; i < items.size(); ++i) {
    order.emplace_back(items[i].measured.value_or(core::Micros::max()), i);
  }
  std::sort(order.begin(), order.end());
  std::vector<Item> sorted;
  sorted.reserve(items.size());
  for (const auto& [time, index] : order) sorted.push_back(std::move(items[index]));
  items = std::move(sorted);
}

}  // namespace

Body read_body(const Frame& frame, const Rules& rules) {
  Body body;
  Collect collect(frame, rules, body);
  if (frame.ascii) {
    read_ascii_body(frame.body, collect);
  } else {
    read_hex_body(frame.body, collect);
  }
  sort_by_time(body.items);
  return body;
}

}  // namespace afferent::drivers::sl651
