#include "drivers/sl651/ascii_body.h"

#include <algorithm>
#include <vector>

#include "drivers/sl651/text.h"

namespace afferent::drivers::sl651 {
namespace {

constexpr std::size_t kSerial = 4;
constexpr std::size_t kSent = 12;
constexpr std::size_t kMostColumns = 100;

class Reader {
 public:
  Reader(std::string_view text, Collect& collect) : rest_(text), collect_(collect) {}

  void read() {
    while (!peek().empty()) {
      if (!group(take())) return;
    }
  }

 private:
  std::string_view peek() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(' '), rest_.size()));
    return rest_.substr(0, rest_.find(' '));
  }

  std::string_view take() {
    const std::string_view word = peek();
    rest_.remove_prefix(word.size());
    return word;
  }

  bool group(std::string_view word) {
    const std::string code = upper(std::string(word));
    if (code == "ST") {
      collect_.station(take());
      if (has_kind(collect_.function()) && peek().size() == 1) collect_.kind(upper(std::string(take()))[0]);
      return true;
    }
    if (code == "TT") {
      collect_.observed(take());
      return true;
    }
    if (code == "PIC" || word.starts_with("\xF3\xF3")) return false;
    if (code == "RGZS" || word.starts_with("\xF2\xF2")) return manual(word);
    if (const auto step = step_of(code)) return series(*step);
    const std::string_view data = peek();
    if (text_decimal(word)) {
      collect_.trouble("value " + std::string(word.substr(0, 20)) + " has no element");
      return true;
    }
    if (data.empty()) {
      collect_.trouble(std::string(word.substr(0, 20)) + " is cut short");
      return false;
    }
    if (is_code(data)) {
      collect_.trouble("element " + code.substr(0, 20) + " has no value");
      return true;
    }
    take();
    value(code, data);
    return true;
  }

  bool manual(std::string_view word) {
    if (!word.starts_with("RGZS")) rest_ = {word.data() + 2, word.size() - 2 + rest_.size()};
    peek();
    collect_.text("manual", core::as_bytes(rest_));
    return false;
  }

  // DRD01, DRH00, DRN05.
  static std::optional<Minutes> step_of(std::string_view code) {
    if (code.size() != 5 || !code.starts_with("DR")) return std::nullopt;
    const auto number = text_decimal(code.substr(3));
    if (!number || number->decimals > 0) return std::nullopt;
    const std::int64_t unit = code[2] == 'D' ? 1440 : code[2] == 'H' ? 60 : code[2] == 'N' ? 1 : 0;
    if (unit == 0) return std::nullopt;
    return Minutes(number->mantissa == 0 ? 60 : number->mantissa * unit);
  }

  // A step, and the elements whose values follow, value by value of each in turn. Stations also send one element with
  // its values behind the other; each of them begins at the observation time again.
  bool series(Minutes step) {
    if (!is_element(peek())) {
      collect_.trouble("time step without an element");
      return true;
    }
    std::vector<std::string> codes;
    std::string_view last;  // from the last code on
    while (is_element(peek()) && codes.size() < kMostColumns) {
      last = rest_;
      codes.push_back(upper(std::string(take())));
    }
    if (!is_data(codes.back(), peek())) {
      rest_ = last;
      if (codes.size() > 1) collect_.trouble("element " + codes.front() + " has no value");
      return true;
    }
    columns(step, codes);
    while (has_element_with_data()) columns(step, {upper(std::string(take()))});
    collect_.end_series();
    return true;
  }

  static bool is_element(std::string_view word) { return !word.empty() && element_coded(word) != nullptr; }

  // What begins a group, so that it is no value of the one before.
  static bool is_code(std::string_view word) {
    const std::string code = upper(std::string(word));
    return code == "ST" || code == "TT" || code == "ZT" || code == "DT" || code == "PIC" || code == "RGZS" ||
           step_of(code) || is_element(word);
  }

  bool has_element_with_data() {
    if (!is_element(peek())) return false;
    const std::string_view before = rest_;
    const std::string code = upper(std::string(take()));
    const bool has = is_data(code, peek());
    rest_ = before;
    return has;
  }

  void columns(Minutes step, const std::vector<std::string>& codes) {
    collect_.begin_series(step);
    for (std::size_t at = 0; is_data(codes[at], peek()); at = (at + 1) % codes.size()) {
      value(codes[at], take());
      if (at + 1 == codes.size()) collect_.next_step();
    }
  }

  static bool is_data(const std::string& code, std::string_view word) {
    if (word.empty()) return false;
    const Element* element = element_coded(code);
    if (element != nullptr && element->is_hour_group()) return word.size() >= 24;
    return word == "M" || word == "m" || text_decimal(word).has_value();
  }

  void value(const std::string& code, std::string_view data) {
    if (data == "M" || data == "m") return;
    const Element* element = element_coded(code);
    if (element != nullptr && element->is_hour_group()) {
      const auto bytes = core::from_hex(data);
      if (!bytes) return collect_.trouble("element " + code + " is not hexadecimal");
      return collect_.hour_group(*element, *bytes);
    }
    if (code == "ZT") {
      if (data.size() != 8 || !std::all_of(data.begin(), data.end(), is_hex_digit)) {
        return collect_.trouble("status is not 8 hex digits");
      }
      if (data != "FFFFFFFF") collect_.status(static_cast<std::uint32_t>(number_in_hex(data)));
      return;
    }
    if (code == "DT") return collect_.duration(data);
    const auto number = text_decimal(data);
    if (element == nullptr) {
      if (!is_own(code)) return collect_.trouble("'" + code.substr(0, 20) + "' is no element");
      if (!number)
        return collect_.trouble("element " + code + " is " + std::string(data.substr(0, 20)) + ", not a number");
      collect_.unnamed(code, *number);
    } else if (number) {
      collect_.element(*element, *number);
    } else {
      collect_.trouble("element " + code + " is " + std::string(data.substr(0, 20)) + ", not a number");
    }
  }

  // What the maker defines; in a channel name only letters and digits may stand.
  static bool is_own(const std::string& code) {
    return code.size() <= 12 && std::all_of(code.begin(), code.end(),
                                            [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); });
  }

  std::string_view rest_;
  Collect& collect_;
};

}  // namespace

void read_ascii_body(core::ByteView body, Collect& collect) {
  if (body.size() < kSerial + kSent) return collect.trouble("body is too short");
  const std::string_view text = core::as_text(body);
  collect.head(text.substr(0, kSerial), text.substr(kSerial, kSent));
  if (has_elements(collect.function()) && collect.function() != 0x45)
    Reader(text.substr(kSerial + kSent), collect).read();
}

}  // namespace afferent::drivers::sl651
