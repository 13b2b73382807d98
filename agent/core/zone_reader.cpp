// Zone::parse: time zone files, RFC 8536, and the POSIX TZ string at their end.
#include <array>
#include <optional>

#include "agent/core/zone.h"

namespace afferent::core {

class ZoneReader {
 public:
  explicit ZoneReader(ByteView file) : rest_(file) {}

  Result<Zone> read() {
    Counts counts;
    if (!header(counts)) return bad();
    std::size_t width = 4;
    if (version_ >= 2) {
      if (!skip(counts.bytes(4)) || !header(counts)) return bad();
      width = 8;
    }
    if (!block(counts, width)) return bad();
    if (version_ >= 2 && !footer()) return bad();
    return std::move(zone_);
  }

 private:
  struct Counts {
    std::uint32_t utc = 0, standard = 0, leap = 0, times = 0, types = 0, letters = 0;
    std::size_t bytes(std::size_t width) const {
      return std::size_t{times} * (width + 1) + std::size_t{types} * 6 + letters + std::size_t{leap} * (width + 4) +
             standard + utc;
    }
  };
  static constexpr std::uint32_t kMost = 65'536;  // of anything; real files have a few hundred

  static Error bad() { return {ErrorCode::bad_input, "is not a time zone file"}; }

  bool skip(std::size_t count) {
    if (count > rest_.size()) return false;
    rest_ = rest_.subspan(count);
    return true;
  }
  std::int64_t big_endian(std::size_t at, std::size_t width) const {
    std::uint64_t bits = (rest_[at] & 0x80U) != 0 ? ~std::uint64_t{0} : 0;
    for (std::size_t i = 0; i < width; ++i) bits = bits << 8 | rest_[at + i];
    return static_cast<std::int64_t>(bits);
  }
  bool header(Counts& counts) {
    if (rest_.size() < 44 || as_text(rest_.first(4)) != "TZif") return false;
    version_ = rest_[4] == 0 ? 1 : rest_[4] - '0';
    std::array<std::uint32_t*, 6> all{&counts.utc,   &counts.standard, &counts.leap,
                                      &counts.times, &counts.types,    &counts.letters};
    for (std::size_t i = 0; i < all.size(); ++i) {
      *all[i] = static_cast<std::uint32_t>(big_endian(20 + 4 * i, 4));
      if (*all[i] > kMost) return false;
    }
    return skip(44) && counts.types != 0;
  }
  bool block(const Counts& counts, std::size_t width) {
    if (rest_.size() < counts.bytes(width)) return false;
    const std::size_t kinds = counts.times * width;
    const std::size_t types = kinds + counts.times;
    const auto offset = [&](std::size_t type) { return static_cast<std::int32_t>(big_endian(types + 6 * type, 4)); };
    zone_.first_ = offset(0);
    for (std::size_t i = 0; i < counts.times; ++i) {
      const std::uint8_t type = rest_[kinds + i];
      const std::int64_t at = big_endian(i * width, width);
      if (type >= counts.types || (i > 0 && at <= zone_.transitions_.back().at)) return false;
      zone_.transitions_.push_back({at, offset(type)});
    }
    return skip(counts.bytes(width));
  }

  // ---- The TZ string, e.g. "CET-1CEST,M3.5.0,M10.5.0/3".
  bool footer() {
    if (rest_.size() < 2 || rest_.front() != '\n') return false;
    text_ = as_text(rest_.subspan(1));
    const std::size_t end = text_.find('\n');
    if (end == std::string_view::npos) return false;
    text_ = text_.substr(0, end);
    return text_.empty() || recurring();
  }
  bool recurring() {
    Zone::Recurring rule;
    std::int32_t west = 0;
    if (!name() || !clock(west)) return false;
    rule.standard = -west;
    if (!text_.empty()) {
      if (!name()) return false;
      rule.has_summer = true;
      rule.summer = rule.standard + 3600;
      if (!text_.empty() && text_.front() != ',') {
        if (!clock(west)) return false;
        rule.summer = -west;
      }
      if (!change(rule.begin) || !change(rule.end)) return false;
    }
    zone_.recurring_ = rule;
    return text_.empty();
  }
  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool name() {
    const bool quoted = take('<');
    std::size_t length = 0;
    const auto fits = [quoted](char c) {
      if (quoted) return c != '>';
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    };
    while (length < text_.size() && fits(text_[length])) ++length;
    text_.remove_prefix(length);
    return length >= 3 && (!quoted || take('>'));
  }
  bool digits(std::int32_t& to) {
    to = 0;
    std::size_t count = 0;
    for (; count < 4 && count < text_.size() && text_[count] >= '0' && text_[count] <= '9'; ++count) {
      to = to * 10 + (text_[count] - '0');
    }
    text_.remove_prefix(count);
    return count > 0;
  }
  bool clock(std::int32_t& seconds) {  // [+-]h[:mm[:ss]]
    const bool negative = take('-');
    if (!negative) take('+');
    std::int32_t part = 0;
    if (!digits(part) || part > 167) return false;
    seconds = part * 3600;
    for (const std::int32_t unit : {60, 1}) {
      if (!take(':')) break;
      if (!digits(part) || part > 59) return false;
      seconds += part * unit;
    }
    if (negative) seconds = -seconds;
    return true;
  }
  bool change(Zone::Change& to) {
    using Form = Zone::Change::Form;
    if (!take(',')) return false;
    bool right = false;
    if (take('M')) {
      to.form = Form::weekday;
      right = digits(to.month) && take('.') && digits(to.week) && take('.') && digits(to.day) && to.month >= 1 &&
              to.month <= 12 && to.week >= 1 && to.week <= 5 && to.day <= 6;
    } else {
      to.form = take('J') ? Form::julian : Form::ordinal;
      right = digits(to.day) && to.day <= 365 && (to.form == Form::ordinal || to.day >= 1);
    }
    return right && (!take('/') || clock(to.time));
  }

  ByteView rest_;
  std::string_view text_;
  int version_ = 1;
  Zone zone_;
};

Result<Zone> Zone::parse(ByteView file) { return ZoneReader(file).read(); }

}  // namespace afferent::core
