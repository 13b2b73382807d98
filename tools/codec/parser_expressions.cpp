#include <algorithm>
#include <array>

#include "tools/codec/parser.h"
#include "tools/codec/parser_depth.h"

namespace afferent::codec_host {
namespace {

using Kind = Node::Kind;

constexpr std::array<std::string_view, 24> kBinary{
    "+",  "-",  "*",  "/",  "%",   "**", "==", "!=", "===", "!==", "<",  ">",
    "<=", ">=", "<<", ">>", ">>>", "&",  "|",  "^",  "&&",  "||",  "in", "instanceof"};
constexpr std::array<std::string_view, 12> kAssign{
    "+=", "-=", "*=", "/=", "%=", "**=", "<<=", ">>=", ">>>=", "&=", "|=", "^="};
constexpr std::array<std::string_view, 3> kLogical{
    "?"
    "?=",
    "||=", "&&="};
constexpr std::array<std::string_view, 7> kUnary{"+", "-", "!", "~", "typeof", "void", "delete"};
constexpr std::array<std::string_view, 14> kReserved{"if",     "for",   "while", "do",    "switch", "case", "default",
                                                     "return", "throw", "else",  "catch", "in",     "var",  "const"};

template <class List>
bool holds(const List& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool is_pattern(const Node& node) { return node.kind == Kind::object || node.kind == Kind::array; }

}  // namespace

void Parser::mark_assigned(const Node& target) {
  if (target.kind != Kind::name) return;
  // Only closures in loops care, and only by name.
  for (Scope* scope = target.scope; scope != nullptr; scope = scope->parent) {
    const auto found = scope->names.find(target.text);
    if (found == scope->names.end()) continue;
    found->second.assigned = true;
    return;
  }
}

Node* Parser::expression(bool no_in) {
  Node* first = assignment(no_in);
  if (!is(",")) return first;
  Node* node = make(Kind::plain, first->start);
  node->kids.push_back(first);
  while (take(",")) node->kids.push_back(assignment(no_in));
  return finish(node);
}

Node* Parser::assignment(bool no_in) {
  const Depth depth(*this);
  if (is_word("async") && async_follows()) refuse("async functions are");
  if (is_word("yield") && ahead().kind != Token::Kind::punct) refuse("generators are");
  if (is_word("await") && (ahead().kind == Token::Kind::name)) refuse("await is");
  if (arrow_follows()) return arrow();
  const std::size_t start = now().start;
  Node* left = conditional(no_in);
  if (now().kind != Token::Kind::punct) return left;
  const std::string_view sign = text(now());
  const bool plain = sign == "=" || holds(kAssign, sign);
  if (!plain && !holds(kLogical, sign)) return left;
  mark_assigned(*left);
  const bool special = !plain || (sign == "=" && is_pattern(*left)) || is_super_member(*left);
  Node* node = make(special ? Kind::assign : Kind::plain, start);
  if (special) newer(node);
  node->text = sign;
  next();
  node->kids = {left, assignment(no_in)};
  return finish(node);
}

// At `async`: whether it is more than a name.
bool Parser::async_follows() const {
  const Token& second = ahead();
  if (second.newline_before) return false;
  if (is(second, "(")) return second.partner + 1 < tokens_.size() && is(tokens_[second.partner + 1], "=>");
  const bool operates = is(second, "in") || is(second, "of") || is(second, "instanceof");
  return second.kind == Token::Kind::name && !operates;
}

Node* Parser::conditional(bool no_in) {
  Node* test = binary(no_in);
  if (!is("?")) return test;
  Node* node = make(Kind::plain, test->start);
  next();
  node->kids.push_back(test);
  node->kids.push_back(assignment());
  expect(":");
  node->kids.push_back(assignment(no_in));
  return finish(node);
}

// Operators are copied as they stand, so their order of precedence does not matter; only ?? binds weaker than all
// others.
Node* Parser::binary(bool no_in) {
  Node* all = nullptr;
  Node* part = unary();
  while (true) {
    Node* run = nullptr;
    while (is_plain(now()) && holds(kBinary, text(now())) && !(no_in && is_word("in"))) {
      if (run == nullptr) {
        run = make(Kind::plain, part->start);
        run->kids.push_back(part);
      }
      next();
      run->kids.push_back(unary());
    }
    if (run != nullptr) part = finish(run);
    if (all != nullptr) all->kids.push_back(part);
    if (!is("??")) break;
    if (all == nullptr) {
      all = newer(make(Kind::nullish, part->start));
      all->kids.push_back(part);
    }
    next();
    part = unary();
  }
  return all == nullptr ? part : finish(all);
}

Node* Parser::unary() {
  const Depth depth(*this);
  const bool step = is("++") || is("--");
  if (!step && !(is_plain(now()) && holds(kUnary, text(now())))) return postfix();
  Node* node = make(Kind::plain, now().start);
  next();
  const bool deletes = tokens_[at_ - 1].kind == Token::Kind::name && is(tokens_[at_ - 1], "delete");
  Node* value = unary();
  node->kids.push_back(value);
  const auto optional = [](const Node* kid) { return kid->optional; };
  if (deletes && value->kind == Kind::chain && std::any_of(value->kids.begin(), value->kids.end(), optional))
    refuse("`delete` with `?.` is");
  if ((step || deletes) && is_super_member(*value)) refuse("`++`, `--` and `delete` with `super` are");
  if (step) mark_assigned(*value);
  return finish(node);
}

Node* Parser::postfix() {
  Node* inner = is_word("new") ? new_expression() : primary();
  Node* value = chain(inner, true);
  if ((!is("++") && !is("--")) || now().newline_before) return value;
  if (is_super_member(*value)) refuse("`++`, `--` and `delete` with `super` are");
  mark_assigned(*value);
  Node* node = make(Kind::plain, value->start);
  next();
  node->kids.push_back(value);
  return finish(node);
}

Node* Parser::chain(Node* base, bool calls) {
  Node* node = nullptr;
  while (true) {
    Node* step = make(Kind::dot, now().start);
    const bool optional = is("?.");
    if (optional && !calls) unexpected();
    if (now().kind == Token::Kind::whole_template || now().kind == Token::Kind::template_head)
      refuse("template strings with a function in front are");
    if (optional || is(".")) {
      next();
    } else if (!is("[") && !(calls && is("("))) {
      break;
    }
    step->optional = optional;
    if (is("[")) {
      step->kind = Kind::index;
      next();
      step->kids.push_back(expression());
      expect("]");
    } else if (is("(") && (optional || calls)) {
      Node* call = arguments();
      call->start = step->start;
      call->optional = optional;
      step = call;
    } else {
      if (now().kind != Token::Kind::name) unexpected();
      step->text = text(next());
    }
    if (optional) newer(step);
    finish(step);
    if (node == nullptr) {
      node = make(Kind::chain, base->start);
      node->kids.push_back(base);
    }
    node->kids.push_back(step);
  }
  return node == nullptr ? base : finish(node);
}

Node* Parser::new_expression() {
  const Depth depth(*this);
  Node* node = make(Kind::new_, now().start);
  next();
  if (is(".")) {  // new.target
    next();
    next();
    node->kind = Kind::plain;
    return finish(node);
  }
  Node* inner = is_word("new") ? new_expression() : primary();
  node->kids.push_back(chain(inner, false));
  node->kids.push_back(is("(") ? arguments() : nullptr);
  return finish(node);
}

Node* Parser::arguments() {
  Node* node = make(Kind::call, now().start);
  expect("(");
  while (!is(")")) {
    Node* argument = nullptr;
    if (is("...")) {
      argument = newer(make(Kind::spread, now().start));
      next();
      argument->kids.push_back(assignment());
      finish(argument);
    } else {
      argument = assignment();
    }
    node->kids.push_back(argument);
    if (!is(")")) {
      const std::size_t comma = now().start;
      expect(",");
      if (is(")")) newer(node)->mark = comma;
    }
  }
  expect(")");
  return finish(node);
}

Node* Parser::primary() {
  const Depth depth(*this);
  const Token& token = now();
  switch (token.kind) {
    case Token::Kind::whole_template:
    case Token::Kind::template_head: return template_string();
    case Token::Kind::regex: return regex();
    case Token::Kind::string:
    case Token::Kind::number: {
      const std::string_view digits = text(token);
      const bool number = token.kind == Token::Kind::number;
      const bool rewritten = number && (digits.back() == 'n' || digits.find('_') != digits.npos);
      Node* node = make(rewritten ? Kind::number : Kind::plain, token.start);
      if (rewritten) newer(node);
      next();
      return finish(node);
    }
    case Token::Kind::name: break;
    case Token::Kind::punct: {
      if (is("[")) return array();
      if (is("{")) return object();
      if (!is("(")) {
        if (is("@")) refuse("decorators are");
        unexpected();
      }
      Node* node = make(Kind::plain, token.start);
      next();
      node->kids.push_back(expression());
      expect(")");
      return finish(node);
    }
    default: unexpected();
  }
  if (is_word("function")) return function(false);
  if (is_word("class")) return class_expression(false);
  if (is_word("import")) refuse("import is");
  if (holds(kReserved, text(token))) unexpected();
  if (is_word("this") || is_word("super")) {
    Node* node = make(is_word("this") ? Kind::this_ : Kind::super_, token.start);
    mark_this();
    next();
    return finish(node);
  }
  if (is_private()) return private_name();
  Node* node = name();
  if (node->text == "arguments" && functions_.back()->kind == Kind::arrow) {
    auto outer = std::find_if(functions_.rbegin(), functions_.rend(), [](Node* f) { return f->kind != Kind::arrow; });
    if ((*outer)->kind != Kind::function_) refuse("`arguments` in an arrow function outside of any other is");
    (*outer)->keeps_arguments = true;
    node->text = "$arguments";
  }
  return node;
}

Node* Parser::template_string() {
  Node* node = newer(make(Kind::template_, now().start));
  while (true) {
    const Token& part = next();
    const bool last = part.kind == Token::Kind::whole_template || part.kind == Token::Kind::template_tail;
    node->chunks.push_back({part.start + 1, part.end - (last ? 1 : 2)});
    if (last) return finish(node);
    node->kids.push_back(expression());
    if (now().kind != Token::Kind::template_middle && now().kind != Token::Kind::template_tail) unexpected();
  }
}

Node* Parser::array() {
  Node* node = make(Kind::array, now().start);
  expect("[");
  while (!is("]")) {
    node->kids.push_back(is(",") ? nullptr : pattern_element());
    if (!is("]")) expect(",");
  }
  expect("]");
  return finish(node);
}

// A value, a rest of values, or a target with its default.
Node* Parser::pattern_element(bool no_in) {
  if (!is("...")) {
    Node* value = assignment(no_in);
    return value;
  }
  Node* node = newer(make(Kind::spread, now().start));
  next();
  node->kids.push_back(assignment(no_in));
  return finish(node);
}

Node* Parser::object() {
  Node* node = make(Kind::object, now().start);
  expect("{");
  while (!is("}")) {
    node->kids.push_back(is("...") ? pattern_element() : property());
    if (!is("}")) expect(",");
  }
  expect("}");
  return finish(node);
}

// True for a computed one.
bool Parser::property_key(Node& property) {
  property.chunks.push_back({now().start, now().end});
  if (is("[")) {
    next();
    property.kids.push_back(assignment());
    expect("]");
    property.mark = last_end();
    return true;
  }
  if (now().kind == Token::Kind::punct || now().kind == Token::Kind::regex) unexpected();
  if (now().kind == Token::Kind::end || is_private()) unexpected();
  next();
  property.mark = last_end();
  property.kids.push_back(nullptr);
  return false;
}

Node* Parser::property() {
  Node* node = make(Kind::property, now().start);
  if (is("*")) refuse("generators are");
  const auto plain_behind = [this] {
    return is(ahead(), ":") || is(ahead(), ",") || is(ahead(), "}") || is(ahead(), "(") || is(ahead(), "=");
  };
  if (is_word("async") && !plain_behind()) refuse("async functions are");
  if ((is_word("get") || is_word("set")) && !plain_behind())
    next();
  else if (now().kind == Token::Kind::name && (is(ahead(), ",") || is(ahead(), "}") || is(ahead(), "="))) {
    node->kind = Kind::shorthand;
    newer(node);
    node->kids.push_back(name());
    node->kids.push_back(take("=") ? assignment() : nullptr);
    return finish(node);
  }
  const bool accessor = tokens_[at_ - 1].start == node->start;
  if (property_key(*node) && accessor) refuse("get and set with computed names are");
  if (is("(")) {
    node->kind = Kind::method;
    node->is_method = !accessor;
    if (!accessor) newer(node);
    node->kids.push_back(method_function());
    return finish(node);
  }
  expect(":");
  const std::string_view key = source_.substr(node->start, node->mark - node->start);
  if (key == kPrototype || key == "'__proto__'" || key == "\"__proto__\"") newer(node)->text = kPrototype;
  node->kids.push_back(assignment());
  return finish(node);
}

}  // namespace afferent::codec_host
