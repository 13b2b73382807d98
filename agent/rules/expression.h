// Boolean expressions over rules and channels, read once and judged in constant memory. Value types.
//
//   rule:road-high and not pump-1/power > 0.2 or (open and level >= 0.3)
//
//   or, and, not, ( )      not binds closest, then and, then or
//   rule:ID, rule:ID@DEVICE          the rule has an alert; may be compared: rule:ID >= orange
//   channel, device/channel          a boolean by itself, or compared: level > 0.3, valve == 'open', open != true
//
// What is not known yet is neither true nor false: `unknown or true` is true, `unknown and true` is unknown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/core/result.h"
#include "agent/rules/kind.h"

namespace afferent::rules {

enum class Truth : std::uint8_t { no, yes, unknown };

// The latest value of an input.
struct Known {
  enum class What : std::uint8_t { nothing, number, boolean, text };
  What what = What::nothing;
  double number = 0.0;  // also 0 or 1; of a rule: 0 calm, else 1 + severity
  std::string text;     // at most 255 bytes
};

class Expression {
 public:
  static constexpr std::size_t kMostNodes = 128;
  static constexpr std::size_t kMostInputs = 32;
  static constexpr int kDeepest = 32;

  // Error{bad_config} says the column, from 1, and what was expected there. `key` is the option's name, static.
  static core::Result<Expression> parse(std::string_view text, std::string_view key);

  const std::vector<Input>& inputs() const { return inputs_; }
  // What the input is compared with; nothing: it stands by itself as a truth. One is enough to know the kind.
  Known::What wanted(std::size_t input) const { return wanted_[input]; }
  Truth judge(const std::vector<Known>& values) const;  // by input
  // For people: "rule road-high is in alert and rain at rain-1 is above 5".
  std::string words(Language language) const;

 private:
  friend class ExpressionParser;
  enum class Op : std::uint8_t { either, both, negation, truth, less, not_more, more, not_less, equal, different };
  struct Node {
    Op op = Op::truth;
    std::uint16_t left = 0;  // node, or input for all from truth on
    std::uint16_t right = 0;
    Known constant;
  };

  Truth judge(std::size_t node, const std::vector<Known>& values) const;
  std::string words(std::size_t node, bool negated, Op around, Language language) const;
  std::string term(const Node& node, bool negated, Language language) const;

  std::vector<Node> nodes_;  // the last is the root
  std::vector<Input> inputs_;
  std::vector<Known::What> wanted_;
};

}  // namespace afferent::rules
