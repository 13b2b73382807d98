// What windows and trends have learned, read back: what cannot be is refused.
#include <doctest/doctest.h>

#include <algorithm>

#include "agent/rules/gather.h"
#include "agent/rules/trend.h"

using namespace afferent;
using core::Nanos;

namespace {

constexpr Nanos kHour = std::chrono::hours(1);
constexpr rules::Elapsed kAtOnce{100 * kHour + std::chrono::minutes(7), Nanos::zero()};

void overwrite(core::Bytes& bytes, std::size_t at, std::size_t count, std::uint8_t with) {
  std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, with);
}

}  // namespace

TEST_CASE("a trend whose points are made of no reading is refused") {
  rules::Trend trend(kHour);
  for (int i = 0; i < 20; ++i) trend.add(99 * kHour + i * kHour / 20, 0.1 * i);
  rules::Packer to;
  trend.save(kAtOnce.now, to);
  const core::Bytes good = to.take();
  rules::Unpacker whole(good);
  CHECK(rules::Trend(kHour).restore(whole, kAtOnce));
  constexpr std::size_t kFirstCount = 8 + 1 + 8 + 8 + 8;  // behind the last time, the number of points, and a point
  for (const std::uint8_t byte : {std::uint8_t{0x00}, std::uint8_t{0xFF}}) {
    core::Bytes bad = good;
    overwrite(bad, kFirstCount, 4, byte);
    rules::Unpacker from(bad);
    CHECK_FALSE(rules::Trend(kHour).restore(from, kAtOnce));
  }
}

TEST_CASE("a window whose readings came before each other is refused") {
  rules::Gather gather(kHour, std::nullopt);
  for (int i = 0; i < 20; ++i) gather.add(99 * kHour + i * kHour / 20, 0.1 * i);
  rules::Packer to;
  gather.save(kAtOnce.now, to);
  const core::Bytes good = to.take();
  rules::Gather read(kHour, std::nullopt);
  rules::Unpacker whole(good);
  REQUIRE(read.restore(whole, kAtOnce));
  CHECK(read.gap() == gather.gap());
  // No age is three minutes, so what is are the intervals.
  const core::Bytes three_minutes = [] {
    rules::Packer packer;
    packer.put(static_cast<std::int64_t>((kHour / 20).count()));
    return packer.take();
  }();
  const auto interval = std::search(good.begin(), good.end(), three_minutes.begin(), three_minutes.end());
  REQUIRE(interval != good.end());
  core::Bytes bad = good;
  overwrite(bad, static_cast<std::size_t>(interval - good.begin()), 8, 0xFF);
  rules::Unpacker from(bad);
  CHECK_FALSE(rules::Gather(kHour, std::nullopt).restore(from, kAtOnce));
}
