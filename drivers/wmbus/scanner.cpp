#include "drivers/wmbus/scanner.h"

#include <algorithm>

namespace afferent::drivers::wmbus {

void Scanner::feed(core::ByteView bytes, Catcher& catcher) {
  while (!bytes.empty()) {
    const core::ByteView slice = bytes.first(std::min(bytes.size(), kMostHeld));
    bytes = bytes.subspan(slice.size());
    buffer_.insert(buffer_.end(), slice.begin(), slice.end());
    scan(false, catcher);
  }
}

void Scanner::flush(Catcher& catcher) {
  scan(true, catcher);
  report(catcher);
}

void Scanner::scan(bool last, Catcher& catcher) {
  while (at_ < buffer_.size()) {
    const core::ByteView held = core::ByteView(buffer_).subspan(at_);
    Verdict verdict = probe(held, last, catcher);
    if (verdict.kind == Verdict::Kind::took) {
      report(catcher);
      at_ += std::max<std::size_t>(verdict.size, 1);
      continue;
    }
    if (verdict.kind == Verdict::Kind::wait) {
      if (!last && held.size() < kMostHeld) break;
      verdict.why = "no complete frame";
    }
    step_over(std::move(verdict.why));
  }
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(at_));
  at_ = 0;
  if (garbage_.size() >= kMostHeld) report(catcher);
}

void Scanner::step_over(std::string why) {
  if (why_.empty()) why_ = std::move(why);
  garbage_.push_back(buffer_[at_++]);
}

void Scanner::report(Catcher& catcher) {
  if (garbage_.empty()) return;
  catcher.damaged(garbage_, why_.empty() ? "no frame" : why_);
  garbage_.clear();
  why_.clear();
}

}  // namespace afferent::drivers::wmbus
