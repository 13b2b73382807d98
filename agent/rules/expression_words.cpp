// Expression::words: what a composite rule found, in the words of the other sentences.
#include <fmt/format.h>

#include "agent/rules/expression.h"
#include "agent/rules/phrases.h"
#include "agent/rules/wording.h"

namespace afferent::rules {
namespace {

// In the order of Expression::Op from less on.
constexpr std::array<Pair, 6> kComparisons{{{"is below", "低于"},
                                            {"is at most", "不高于"},
                                            {"is above", "高于"},
                                            {"is at least", "不低于"},
                                            {"is", "为"},
                                            {"is not", "不为"}}};
constexpr std::array<std::size_t, 6> kOpposites{3, 2, 1, 0, 5, 4};

std::string subject(const Input& input, Language language) {
  const bool english = language == Language::english;
  if (!input.rule.empty()) {
    std::string rule = (english ? "rule " : "规则") + input.rule;
    if (input.device.empty()) return rule;
    return english ? fmt::format("{} at {}", rule, input.device) : input.device + "的" + rule;
  }
  std::string channel = channel_text(language, input.channel);
  if (input.device.empty()) return channel;
  return english ? fmt::format("{} at {}", channel, input.device) : input.device + "的" + channel;
}

std::string constant_text(const Known& constant, bool of_rule, Language language) {
  const bool english = language == Language::english;
  switch (constant.what) {
    case Known::What::text: return english ? "'" + constant.text + "'" : "“" + constant.text + "”";
    case Known::What::boolean:
      return std::string(in(language, constant.number != 0.0 ? Pair{"true", "真"} : Pair{"false", "假"}));
    default: break;
  }
  if (!of_rule) return number_text(constant.number);
  return std::string(severity_text(language, static_cast<core::Severity>(constant.number - 1)));
}

}  // namespace

std::string Expression::words(Language language) const { return words(nodes_.size() - 1, false, Op::either, language); }

std::string Expression::words(std::size_t at, bool negated, Op around, Language language) const {
  const Node& node = nodes_[at];
  const bool english = language == Language::english;
  if (node.op == Op::negation) return words(node.left, !negated, around, language);
  if (node.op != Op::either && node.op != Op::both) return term(node, negated, language);
  const Op inside = negated ? Op::either : node.op;  // what is in brackets needs none
  std::string text = words(node.left, false, inside, language) +
                     std::string(in(language, node.op == Op::either ? Pair{" or ", "或"} : Pair{" and ", "且"})) +
                     words(node.right, false, inside, language);
  if (negated) return english ? "not (" + text + ")" : "并非（" + text + "）";
  if (node.op == Op::both || around == Op::either) return text;
  return english ? "(" + text + ")" : "（" + text + "）";
}

std::string Expression::term(const Node& node, bool negated, Language language) const {
  const bool english = language == Language::english;
  const Input& input = inputs_[node.left];
  const std::string who = subject(input, language);
  const bool of_rule = !input.rule.empty();
  if (node.op == Op::truth) {
    if (!of_rule) return (negated ? (english ? "not " : "未") : "") + who;
    return who + std::string(in(language, negated ? Pair{" is not in alert", "未报警"} : Pair{" is in alert", "报警"}));
  }
  const std::size_t told = static_cast<std::size_t>(node.op) - static_cast<std::size_t>(Op::less);
  const std::string_view comparison = in(language, kComparisons[negated ? kOpposites[told] : told]);
  const std::string than = constant_text(node.constant, of_rule, language);
  return english ? fmt::format("{} {} {}", who, comparison, than) : who + std::string(comparison) + than;
}

}  // namespace afferent::rules
