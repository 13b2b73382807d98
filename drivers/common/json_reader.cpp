#include "drivers/common/json_reader.h"

#include <charconv>
#include <cmath>
#include <optional>

namespace afferent::drivers {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      put(0xE0 | code >> 12);
    } else {
      put(0xF0 | code >> 18);
      put(0x80 | (code >> 12 & 0x3F));
    }
    put(0x80 | (code >> 6 & 0x3F));
  }
  put(0x80 | (code & 0x3F));
}

}  // namespace

const Json* Json::find(std::string_view key) const {
  for (auto member = members_.rbegin(); member != members_.rend(); ++member) {
    if (member->first == key) return &member->second;
  }
  return nullptr;
}

const Json& Json::operator[](std::string_view key) const {
  static const Json kNull;
  const Json* found = find(key);
  return found == nullptr ? kNull : *found;
}

class JsonReader {
 public:
  JsonReader(std::string_view text, const JsonLimits& limits) : text_(text), limits_(limits) {}

  core::Result<Json> read() {
    Json json;
    if (text_.size() > limits_.bytes) return fail("longer than " + std::to_string(limits_.bytes) + " bytes");
    if (!value(json, 0)) return fail(why_);
    skip_blanks();
    if (at_ != text_.size()) return fail("something follows behind the end");
    return json;
  }

 private:
  core::Error fail(const std::string& why) const {
    return {core::ErrorCode::bad_input, "JSON, byte " + std::to_string(at_) + ": " + why};
  }
  bool wrong(const char* why) {
    why_ = why;
    return false;
  }
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }

  bool value(Json& json, std::size_t depth) {
    if (depth > limits_.depth) return wrong("nested too deeply");
    if (++values_ > limits_.values) return wrong("too many values");
    skip_blanks();
    switch (peek()) {
      case '{': return object(json, depth);
      case '[': return array(json, depth);
      case '"': json.kind_ = Json::Kind::text; return string(json.text_);
      case 't': return word(json, "true", Json::Kind::boolean, 1.0);
      case 'f': return word(json, "false", Json::Kind::boolean, 0.0);
      case 'n': return word(json, "null", Json::Kind::null, 0.0);
      default: return number(json);
    }
  }

  bool word(Json& json, std::string_view expected, Json::Kind kind, double number) {
    if (text_.substr(at_, expected.size()) != expected) return wrong("no value");
    at_ += expected.size();
    json.kind_ = kind;
    json.number_ = number;
    return true;
  }

  bool digits() {
    if (!is_digit(peek())) return wrong("no value");
    while (is_digit(peek())) ++at_;
    return true;
  }

  bool number(Json& json) {
    const std::size_t start = at_;
    take('-');
    if (take('0')) {
      if (is_digit(peek())) return wrong("a number that begins with 0");
    } else if (!digits()) {
      return false;
    }
    if (take('.') && !digits()) return false;
    if (take('e') || take('E')) {
      if (!take('+')) take('-');
      if (!digits()) return false;
    }
    json.kind_ = Json::Kind::number;
    const auto done = std::from_chars(text_.data() + start, text_.data() + at_, json.number_);
    if (done.ec == std::errc::result_out_of_range) {
      // Too small is 0; too large is no value that anybody can use.
      const bool small = text_.substr(start, at_ - start).find("e-") != std::string_view::npos ||
                         text_.substr(start, at_ - start).find("E-") != std::string_view::npos;
      json.number_ = 0.0;
      return small || wrong("a number that is too large");
    }
    return true;
  }

  std::optional<std::uint32_t> hex4() {
    std::uint32_t code = 0;
    if (text_.size() - at_ < 4) return std::nullopt;
    const auto done = std::from_chars(text_.data() + at_, text_.data() + at_ + 4, code, 16);
    if (done.ec != std::errc{} || done.ptr != text_.data() + at_ + 4) return std::nullopt;
    at_ += 4;
    return code;
  }

  bool unicode(std::string& out) {
    const auto first = hex4();
    if (!first) return wrong("\\u without four hexadecimal digits");
    std::uint32_t code = *first;
    if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
      const std::size_t before = at_;
      at_ += 2;
      const auto low = hex4();
      if (!low) return wrong("\\u without four hexadecimal digits");
      if (*low >= 0xDC00 && *low < 0xE000) {
        code = 0x10000 + ((code - 0xD800) << 10) + (*low - 0xDC00);
      } else {
        at_ = before;
      }
    }
    append_utf8(out, code >= 0xD800 && code < 0xE000 ? 0xFFFD : code);
    return true;
  }

  bool escape(std::string& out) {
    static constexpr std::string_view kNames = "\"\\/bfnrt";
    static constexpr std::string_view kMeant = "\"\\/\b\f\n\r\t";
    const char c = peek();
    if (at_ < text_.size()) ++at_;
    if (c == 'u') return unicode(out);
    const std::size_t which = kNames.find(c);
    if (which == kNames.npos) return wrong("an escape that there is not");
    out.push_back(kMeant[which]);
    return true;
  }

  bool string(std::string& out) {
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (static_cast<unsigned char>(c) < 0x20) return wrong("a control character in a text");
      ++at_;
      if (c == '"') return true;
      if (c != '\\') {
        out.push_back(c);
      } else if (!escape(out)) {
        return false;
      }
    }
    return wrong("a text that does not end");
  }

  bool array(Json& json, std::size_t depth) {
    json.kind_ = Json::Kind::array;
    ++at_;
    skip_blanks();
    if (take(']')) return true;
    while (true) {
      if (!value(json.items_.emplace_back(), depth + 1)) return false;
      skip_blanks();
      if (take(']')) return true;
      if (!take(',')) return wrong("expected ',' or ']'");
    }
  }

  bool object(Json& json, std::size_t depth) {
    json.kind_ = Json::Kind::object;
    ++at_;
    skip_blanks();
    if (take('}')) return true;
    while (true) {
      skip_blanks();
      if (peek() != '"') return wrong("expected a name");
      Json::Member& member = json.members_.emplace_back();
      if (!string(member.first)) return false;
      skip_blanks();
      if (!take(':')) return wrong("expected ':'");
      if (!value(member.second, depth + 1)) return false;
      skip_blanks();
      if (take('}')) return true;
      if (!take(',')) return wrong("expected ',' or '}'");
    }
  }

  const std::string_view text_;
  const JsonLimits limits_;
  std::size_t at_ = 0;
  std::size_t values_ = 0;
  const char* why_ = "";
};

core::Result<Json> read_json(std::string_view text, const JsonLimits& limits) {
  return JsonReader(text, limits).read();
}

}  // namespace afferent::drivers
