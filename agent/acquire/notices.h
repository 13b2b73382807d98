// What a line tells the operator: bad frames, strangers, devices that went silent or came back. Loop-bound; memory is
// bounded and the log is not flooded, whatever the wire says.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "agent/acquire/rate_limit.h"
#include "agent/core/bytes.h"
#include "agent/core/log.h"
#include "agent/core/time.h"

namespace afferent::acquire {

// Somebody on the wire who is not configured.
struct Stranger {
  std::string what;  // as the driver last described it
  std::uint64_t count = 0;
  core::Stamp last;
};

class Notices {
 public:
  static constexpr std::size_t kMostStrangers = 4096;  // each is told of once in the log, so this bounds the log too

  Notices(core::Log& log, std::string part) : log_(log), part_(std::move(part)) {}

  void rejected(const core::Stamp& at, std::string_view device, core::ByteView bytes, std::string_view why);
  void heard(const core::Stamp& at, std::string_view id, std::string_view what);
  // For what may happen at each poll: shares one limit.
  void trouble(const core::Stamp& at, std::string_view message);

  const std::map<std::string, Stranger, std::less<>>& strangers() const { return strangers_; }
  std::uint64_t strangers_turned_away() const { return turned_away_; }  // heard() calls beyond the room for new ids

 private:
  std::string held_back(RateLimit& limit) const;

  core::Log& log_;
  const std::string part_;
  std::map<std::string, Stranger, std::less<>> strangers_;
  std::uint64_t turned_away_ = 0;
  RateLimit reject_limit_{std::chrono::seconds(10)};
  RateLimit trouble_limit_{std::chrono::seconds(1)};
};

}  // namespace afferent::acquire
