// What a channel said: a number, a truth value or a text. Trivially copyable, so that a reading costs no allocation;
// a text is borrowed and valid during the call only, whoever keeps it copies it.
#pragma once

#include <cstdint>
#include <string_view>

namespace afferent::core {

class Value {
 public:
  enum class Kind : std::uint8_t { number, boolean, text };

  static constexpr Value number(double value) { return {Kind::number, value, {}}; }
  static constexpr Value boolean(bool value) { return {Kind::boolean, value ? 1.0 : 0.0, {}}; }
  static constexpr Value text(std::string_view value) { return {Kind::text, 0.0, value}; }

  constexpr Value() = default;
  constexpr Kind kind() const { return kind_; }
  constexpr double as_number() const { return number_; }  // 0 or 1 for a boolean, 0 for a text
  constexpr bool as_boolean() const { return number_ != 0.0; }
  constexpr std::string_view as_text() const { return text_; }

 private:
  constexpr Value(Kind kind, double number, std::string_view text) : number_(number), text_(text), kind_(kind) {}

  double number_ = 0.0;
  std::string_view text_;
  Kind kind_ = Kind::number;
};

enum class Quality : std::uint8_t {
  good,
  bad,  // outside the channel's valid range, or flagged by the device: published, but no rule but `range` judges it
  uncertain,  // the device doubts it itself
};

std::string_view name_of(Quality quality);

}  // namespace afferent::core
