#include "drivers/wmbus/source_lines.h"

#include <algorithm>
#include <array>

#include "drivers/wmbus/link.h"

namespace afferent::drivers::wmbus {
namespace {

constexpr std::size_t kFields = 8;  // of a line of rtl_wmbus
constexpr std::size_t kCrcOk = 1;
constexpr std::size_t kFrame = 7;

// What culfw says beside telegrams: its version, its mode, that it knows no such command, and that it may not send.
struct CulAnswer {
  std::string_view text;
  bool begins;  // more follows
};
constexpr std::array kCulAnswers{
    CulAnswer{"V ", true},     CulAnswer{"? (", true},  CulAnswer{"SMODE", false}, CulAnswer{"TMODE", false},
    CulAnswer{"CMODE", false}, CulAnswer{"OFF", false}, CulAnswer{"LOVF", false},
};

bool is_cul_answer(std::string_view line) {
  return std::any_of(kCulAnswers.begin(), kCulAnswers.end(), [line](const CulAnswer& answer) {
    return answer.begins ? line.starts_with(answer.text) : line == answer.text;
  });
}

std::string_view trimmed(std::string_view text) {
  const std::string_view blanks(" \t\r\0", 4);
  const std::size_t first = text.find_first_not_of(blanks);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

void LineSource::feed(core::ByteView bytes, Catcher& catcher) {
  for (const std::uint8_t byte : bytes) {
    if (byte == '\n' || byte == '\r') {
      end_line(catcher);
    } else if (line_.size() < kLongestLine) {
      line_ += static_cast<char>(byte);
    } else {
      too_long_ = true;
    }
  }
}

void LineSource::flush(Catcher& catcher) { end_line(catcher); }

void LineSource::end_line(Catcher& catcher) {
  const std::string_view text = trimmed(line_);
  if (too_long_) {
    catcher.damaged(core::as_bytes(text), "line longer than any telegram");
  } else if (!text.empty()) {
    line(text, catcher);
  }
  line_.clear();
  too_long_ = false;
}

void CulSource::line(std::string_view text, Catcher& catcher) {
  if (is_cul_answer(text)) return;
  if (text.front() != 'b') return catcher.damaged(core::as_bytes(text), "not a line of culfw that begins with b");
  std::string_view hex = text.substr(1);
  const bool format_b = hex.starts_with('Y');
  if (format_b) hex.remove_prefix(1);
  const auto bytes = core::from_hex(hex);
  if (!bytes || bytes->size() < kShortestFrame || (*bytes)[0] + std::size_t{1} < kShortestFrame) {
    return catcher.damaged(core::as_bytes(text), "not a telegram in hexadecimal");
  }
  frame(*bytes, format_b, catcher);
}

void CulSource::frame(core::ByteView bytes, bool format_b, Catcher& catcher) {
  const std::size_t size = format_b ? bytes[0] + std::size_t{1} : size_of_a(bytes[0]);
  if (bytes.size() < size) return catcher.damaged(bytes, "no complete frame");
  std::string why;
  const core::ByteView whole = bytes.first(size);
  const bool right =
      format_b ? size >= kShortestFrame + 2 && strip_b(whole, stripped_, why) : strip_a(whole, stripped_, why);
  if (!right) return catcher.damaged(bytes, why.empty() ? "no complete frame" : why);
  Caught caught{stripped_, {}, true};
  if (bytes.size() >= size + 2) caught.rssi = rssi_of_half_decibels(bytes[size + 1]);
  catcher.caught(caught);
}

void RtlWmbusSource::line(std::string_view text, Catcher& catcher) {
  std::array<std::string_view, kFields> fields;
  std::size_t count = 0;
  for (std::string_view rest = text; count < kFields;) {
    const std::size_t end = rest.find(';');
    fields[count++] = trimmed(rest.substr(0, end));
    if (end == rest.npos) break;
    rest.remove_prefix(end + 1);
  }
  std::string_view hex = fields[kFrame];
  if (count < kFields || !hex.starts_with("0x")) {
    return catcher.damaged(core::as_bytes(text), "not a line of rtl_wmbus with eight fields");
  }
  if (fields[kCrcOk] != "1") return catcher.damaged(core::as_bytes(text), "checksum is wrong, says the receiver");
  hex.remove_prefix(2);
  auto bytes = core::from_hex(hex);
  if (!bytes || bytes->size() < kShortestFrame) {
    return catcher.damaged(core::as_bytes(text), "not a telegram in hexadecimal");
  }
  // L of format B counts checksums that the receiver has taken out.
  const std::size_t missing = (*bytes)[0] + std::size_t{1} - bytes->size();
  if (missing == 2 || missing == 4) (*bytes)[0] = static_cast<std::uint8_t>(bytes->size() - 1);
  if ((*bytes)[0] + std::size_t{1} != bytes->size()) {
    return catcher.damaged(
        *bytes, "length is " + std::to_string((*bytes)[0]) + ", should be " + std::to_string(bytes->size() - 1));
  }
  catcher.caught({*bytes, {}, true});
}

}  // namespace afferent::drivers::wmbus
