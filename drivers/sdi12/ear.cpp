#include "drivers/sdi12/ear.h"

#include <algorithm>
#include <utility>

#include "drivers/sdi12/answer.h"

namespace afferent::drivers::sdi12 {
namespace {

// A break is seen as zero bytes by some adapters, and noise may follow it.
std::string_view without_noise(std::string_view text) {
  const auto* start = std::find_if(text.begin(), text.end(), [](char c) { return is_address(c) || c == '?'; });
  return text.substr(static_cast<std::size_t>(start - text.begin()));
}

// Letters, digits and signs behind an address; the text of an extended answer may hold a `!` too. The letters are those
// of tables 5 to 10 of the standard.
bool is_command(std::string_view text) {
  constexpr std::string_view kKinds = "ACDHIMRVX";
  if (text.size() > 1 && kKinds.find(text[1]) == kKinds.npos) return false;
  return !text.empty() && std::all_of(text.begin() + 1, text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

void Ear::feed(core::ByteView bytes) {
  for (const std::uint8_t byte : bytes) {
    if (buffer_.size() >= kLongest && buffer_.find('\n') == std::string::npos) buffer_.clear();
    buffer_.push_back(static_cast<char>(byte & 0x7F));
  }
}

std::optional<Ear::Heard> Ear::next() {
  for (std::size_t at = 0; at < buffer_.size(); ++at) {
    const char c = buffer_[at];
    if (c != '!' && c != '\n') continue;
    std::string_view text = without_noise(std::string_view(buffer_).substr(0, at));
    const std::string_view front = std::string_view(buffer_).substr(0, at - text.size());
    if (c == '!' && !is_command(text)) continue;
    if (c == '\n' && text.ends_with('\r')) text.remove_suffix(1);
    const bool noisy = std::any_of(front.begin(), front.end(), [](char f) { return f > ' ' && f < 0x7F; });
    Heard heard{c == '!', noisy, std::string(text)};
    buffer_.erase(0, at + 1);
    if (!heard.text.empty()) return heard;
    at = static_cast<std::size_t>(-1);  // from the beginning of what is left
  }
  return std::nullopt;
}

std::string Ear::flush() { return std::string(without_noise(std::exchange(buffer_, {}))); }

}  // namespace afferent::drivers::sdi12
