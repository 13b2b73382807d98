#include "agent/acquire/echo.h"

#include <algorithm>

namespace afferent::acquire {
namespace {

constexpr int kRelearnAfter = 3;

}  // namespace

void EchoFilter::reset() { *this = EchoFilter(); }

void EchoFilter::sent(core::ByteView request) {
  request_ = request;
  matched_ = 0;
  deciding_ = !request.empty();
}

EchoFilter::Parts EchoFilter::received(core::ByteView bytes) {
  if (!deciding_) return {{}, {}, bytes};
  const core::ByteView expected = request_.subspan(matched_);
  const auto end = std::mismatch(bytes.begin(), bytes.end(), expected.begin(), expected.end()).first;
  const auto same = static_cast<std::size_t>(end - bytes.begin());
  const bool more = same < bytes.size();
  const bool complete = matched_ + same == request_.size();
  if (more && !complete) return diverged(bytes);

  matched_ += same;
  const bool silent = habit_ == Habit::silent;
  if (more) {  // a whole copy and something behind it
    deciding_ = false;
    habit_ = silent ? Habit::unknown : Habit::echoes;
    contradictions_ = 0;
    if (silent) return {{}, {}, bytes};
    return {request_, {}, bytes.subspan(same)};
  }
  if (silent) return {{}, {}, bytes};
  if (complete && habit_ == Habit::echoes) {
    deciding_ = false;
    return {request_, {}, {}};
  }
  return {};
}

EchoFilter::Parts EchoFilter::diverged(core::ByteView bytes) {
  deciding_ = false;
  const bool silent = habit_ == Habit::silent;
  if (habit_ == Habit::unknown) {
    habit_ = Habit::silent;
  } else if (habit_ == Habit::echoes && ++contradictions_ >= kRelearnAfter) {
    habit_ = Habit::unknown;
    contradictions_ = 0;
  }
  return {{}, silent ? core::ByteView() : request_.first(matched_), bytes};
}

core::ByteView EchoFilter::release() {
  const bool held = deciding_ && habit_ != Habit::silent;
  deciding_ = false;
  return held ? request_.first(matched_) : core::ByteView();
}

}  // namespace afferent::acquire
