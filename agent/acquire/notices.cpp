#include "agent/acquire/notices.h"

#include <algorithm>

#include "agent/acquire/setup.h"
#include "agent/core/utf8.h"

namespace afferent::acquire {
namespace {

constexpr std::size_t kShownBytes = 48;
constexpr std::size_t kLongestId = Heard::kLongestId;
constexpr std::size_t kLongestWhat = Heard::kLongestWhat;

// What a wire said goes to a terminal: nothing that moves the cursor there.
std::string printable(std::string_view text, std::size_t longest) {
  std::string safe(text.substr(0, longest));
  const auto moves_cursor = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  std::replace_if(safe.begin(), safe.end(), moves_cursor, '?');
  return safe;
}

}  // namespace

std::string Notices::held_back(RateLimit& limit) const {
  const std::uint64_t count = limit.take_held_back();
  return count == 0 ? std::string() : " (and " + std::to_string(count) + " more not shown)";
}

void Notices::rejected(const core::Stamp& at, std::string_view device, core::ByteView bytes, std::string_view why) {
  if (!reject_limit_.allows(at.boot)) return;
  std::string message(device);
  message += ": rejected " + std::to_string(bytes.size()) + " bytes: " + printable(why, kLongestWhat);
  if (!bytes.empty()) {
    message += ": " + core::to_hex(bytes.first(std::min(bytes.size(), kShownBytes)));
    if (bytes.size() > kShownBytes) message += "...";
  }
  log_.warning(part_, message + held_back(reject_limit_));
}

void Notices::heard(const core::Stamp& at, std::string_view id, std::string_view what) {
  const std::string clean = core::clean_utf8(id, kLongestId);
  id = clean;
  auto found = strangers_.find(id);
  if (found == strangers_.end()) {
    if (strangers_.size() >= kMostStrangers) {
      ++turned_away_;
      return;
    }
    found = strangers_.emplace(std::string(id), Stranger()).first;
    log_.info(part_, "heard " + printable(id, kLongestId) + ": " + printable(what, kLongestWhat));
  }
  Stranger& stranger = found->second;
  ++stranger.count;
  stranger.last = at;
  stranger.what = core::clean_utf8(what, kLongestWhat);
}

void Notices::trouble(const core::Stamp& at, std::string_view message) {
  if (!trouble_limit_.allows(at.boot)) return;
  log_.warning(part_, std::string(message) + held_back(trouble_limit_));
}

}  // namespace afferent::acquire
