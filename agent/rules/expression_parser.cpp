// Expression::parse: top-down operator precedence (Pratt) over a handful of tokens.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "agent/core/utf8.h"
#include "agent/rules/expression.h"

namespace afferent::rules {
namespace {

enum class Sign : std::uint8_t { end, open, close, compare, word, number, text, wrong };

struct Token {
  Sign kind = Sign::end;
  std::string_view text;
  std::size_t column = 1;  // in characters
};

constexpr std::size_t kMostShown = 60;  // bytes of a text in an error

bool begins_character(char c) { return (static_cast<std::uint8_t>(c) & 0xC0U) != 0x80U; }
bool is_ascii(char c) { return static_cast<std::uint8_t>(c) < 0x80; }

bool in_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_.-/@#:").find(c) != std::string_view::npos;
}

}  // namespace

class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, std::string_view key) : text_(text), key_(key) { next(); }

  core::Result<Expression> parse() {
    either(0);  // what is read last is added last
    if (error_.empty() && token_.kind != Sign::end) expected("and, or, or the end", kAfterName);
    if (!error_.empty()) return core::Error(core::ErrorCode::bad_config, error_);
    return std::move(made_);
  }

 private:
  using Op = Expression::Op;

  // ---- Tokens.
  void next() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
    const std::string_view before = text_.substr(0, at_);
    token_ = {
        Sign::end, {}, 1 + static_cast<std::size_t>(std::count_if(before.begin(), before.end(), begins_character))};
    if (at_ == text_.size()) return;
    const std::size_t from = at_;
    const char c = text_[at_++];
    token_.kind = Sign::wrong;
    if (c == '(' || c == ')') {
      token_.kind = c == '(' ? Sign::open : Sign::close;
    } else if (c == '<' || c == '>' || c == '=' || c == '!') {
      if (at_ < text_.size() && text_[at_] == '=') ++at_;
      const bool whole = c == '<' || c == '>' || at_ - from == 2;
      token_.kind = whole ? Sign::compare : Sign::wrong;
    } else if (c == '\'' || c == '"') {
      const std::size_t end = text_.find(c, at_);
      token_.kind = end == std::string_view::npos ? Sign::wrong : Sign::text;
      token_.text = text_.substr(at_, std::min(end, text_.size()) - at_);
      at_ = std::min(end, text_.size() - 1) + 1;
      return;
    } else if (in_word(c) || c == '+') {
      while (at_ < text_.size() && in_word(text_[at_])) ++at_;
      token_.kind = is_number(text_.substr(from, at_ - from)) ? Sign::number : Sign::word;
    } else if (!is_ascii(c)) {
      while (at_ < text_.size() && !is_ascii(text_[at_])) ++at_;  // a whole word of another script
    }
    token_.text = text_.substr(from, at_ - from);
  }
  static bool is_number(std::string_view text) {
    const std::size_t digit = text.find_first_not_of("+-.");
    return digit <= 2 && digit < text.size() && text[digit] >= '0' && text[digit] <= '9' && to_number(text).has_value();
  }
  static std::optional<double> to_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    double number = 0.0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number)) return std::nullopt;
    return number;
  }
  bool is_word(std::string_view word) const { return token_.kind == Sign::word && token_.text == word; }

  // `after_name` is what could stand here as well if the last token was a name that is not compared with anything.
  std::size_t expected(std::string_view what, std::string_view after_name = {}) {
    if (!error_.empty()) return 0;
    const std::string found =
        token_.kind == Sign::end ? "the end" : fmt::format("'{}'", core::clean_utf8(token_.text, kMostShown));
    error_ = fmt::format("column {}: expected {}{}, found {}", token_.column,
                         token_.column == after_name_ ? after_name : "", what, found);
    return 0;
  }
  std::size_t add(Expression::Node node) {
    if (made_.nodes_.size() == Expression::kMostNodes) {
      if (error_.empty())
        error_ = fmt::format("column {}: is too long, at most {} terms", token_.column, Expression::kMostNodes);
      return 0;
    }
    made_.nodes_.push_back(std::move(node));
    return made_.nodes_.size() - 1;
  }
  static std::uint16_t index(std::size_t node) { return static_cast<std::uint16_t>(node); }

  // ---- Operators, the weakest first.
  std::size_t either(int depth) { return chain("or", Op::either, depth); }
  std::size_t chain(std::string_view word, Op op, int depth) {
    const auto part = [&] { return op == Op::either ? chain("and", Op::both, depth) : negation(depth); };
    std::size_t left = part();
    while (error_.empty() && is_word(word)) {
      next();
      const std::size_t right = part();
      left = add({op, index(left), index(right), {}});
    }
    return left;
  }
  std::size_t negation(int depth) {
    if (depth > Expression::kDeepest) {
      if (error_.empty())
        error_ = fmt::format("column {}: is nested deeper than {}", token_.column, Expression::kDeepest);
      return 0;
    }
    if (is_word("not")) {
      next();
      const std::size_t inner = negation(depth + 1);
      return add({Op::negation, index(inner), 0, {}});
    }
    if (token_.kind != Sign::open) return comparison();
    next();
    const std::size_t inner = either(depth + 1);
    if (error_.empty() && token_.kind != Sign::close) return expected("and, or, or ')'", kAfterName);
    next();
    return inner;
  }

  std::size_t comparison() {
    const bool keyword = is_word("and") || is_word("or");
    if (token_.kind != Sign::word || keyword) return expected("a rule, a channel, not or '('");
    const Token name = token_;
    const bool is_rule = name.text.starts_with("rule:");
    next();
    Expression::Node node;
    if (token_.kind == Sign::compare) {
      node.op = operation(token_.text);
      next();
      node.constant = is_rule ? severity() : constant(node.op);
      if (!error_.empty()) return 0;
      next();
    } else {
      after_name_ = token_.column;
    }
    node.left = input(name, is_rule, node.constant.what);
    return add(std::move(node));
  }
  static Op operation(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, Op>, 6> kAll{{{"<", Op::less},
                                                                   {"<=", Op::not_more},
                                                                   {">", Op::more},
                                                                   {">=", Op::not_less},
                                                                   {"==", Op::equal},
                                                                   {"!=", Op::different}}};
    for (const auto& [sign, op] : kAll) {
      if (sign == text) return op;
    }
    return Op::truth;
  }
  Known severity() {
    const auto named = core::severity_named(token_.text);
    if (token_.kind != Sign::word || !named) {
      expected("blue, yellow, orange or red");
      return {};
    }
    return {Known::What::number, 1.0 + static_cast<double>(*named), {}};
  }
  Known constant(Op op) {
    const bool equality = op == Op::equal || op == Op::different;
    if (token_.kind == Sign::number) return {Known::What::number, *to_number(token_.text), {}};
    if (equality && token_.kind == Sign::text) return {Known::What::text, 0.0, std::string(token_.text)};
    if (equality && (is_word("true") || is_word("false")))
      return {Known::What::boolean, is_word("true") ? 1.0 : 0.0, {}};
    expected(equality ? "a number, a 'text', true or false" : "a number");
    return {};
  }

  std::uint16_t input(const Token& name, bool is_rule, Known::What compared) {
    Input wanted;
    wanted.key = key_;
    std::string_view rest = name.text;
    bool formed = true;
    if (is_rule) {
      rest.remove_prefix(std::string_view("rule:").size());
      const std::size_t at = rest.find('@');
      wanted.rule = rest.substr(0, at);
      if (at != std::string_view::npos) wanted.device = rest.substr(at + 1);
      formed = !wanted.rule.empty() && at + 1 != rest.size();
    } else {
      const std::size_t slash = rest.rfind('/');
      if (slash != std::string_view::npos) wanted.device = rest.substr(0, slash);
      wanted.channel = rest.substr(slash == std::string_view::npos ? 0 : slash + 1);
      formed = slash != 0 && core::is_channel_name(wanted.channel);
    }
    if (!formed && error_.empty()) {
      error_ = fmt::format("column {}: expected {}, found '{}'", name.column,
                           is_rule ? "rule:ID or rule:ID@DEVICE" : "a channel or device/channel", name.text);
      return 0;
    }
    const Known::What what = compared == Known::What::nothing && !is_rule ? Known::What::boolean
                             : is_rule                                    ? Known::What::number
                                                                          : compared;
    return place(std::move(wanted), what, name);
  }
  std::uint16_t place(Input wanted, Known::What what, const Token& name) {
    for (std::size_t i = 0; i < made_.inputs_.size(); ++i) {
      const Input& other = made_.inputs_[i];
      if (other.device != wanted.device || other.channel != wanted.channel || other.rule != wanted.rule) continue;
      if (made_.wanted_[i] == what) return index(i);
      if (error_.empty())
        error_ = fmt::format("column {}: '{}' is compared with values of two types", name.column, name.text);
      return 0;
    }
    if (made_.inputs_.size() == Expression::kMostInputs) {
      if (error_.empty())
        error_ = fmt::format("column {}: more than {} rules and channels", name.column, Expression::kMostInputs);
      return 0;
    }
    made_.inputs_.push_back(std::move(wanted));
    made_.wanted_.push_back(what);
    return index(made_.inputs_.size() - 1);
  }

  std::string_view text_;
  std::string_view key_;
  static constexpr std::string_view kAfterName = ">, >=, <, <=, ==, !=, ";
  std::size_t at_ = 0;
  std::size_t after_name_ = 0;  // column after a name that stands by itself
  Token token_;
  std::string error_;
  Expression made_;
};

core::Result<Expression> Expression::parse(std::string_view text, std::string_view key) {
  return ExpressionParser(text, key).parse();
}

}  // namespace afferent::rules
