#include "tools/codec/parser.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tools/codec/lexer.h"
#include "tools/codec/parser_depth.h"

namespace afferent::codec_host {

using Kind = Node::Kind;

Parser::Parser(std::string_view source) : source_(source), tokens_(tokens_of(source)) { tree_.source = source; }

Tree Parser::parse() {
  Node* program = make(Kind::plain, 0);
  tree_.program = program;
  program->scope = open_scope(true, program);
  functions_.push_back(program);
  statements(*program, {});
  program->end = source_.size();
  return std::move(tree_);
}

bool Parser::take(std::string_view punct) {
  if (!is(punct)) return false;
  next();
  return true;
}

bool Parser::take_word(std::string_view word) {
  if (!is_word(word)) return false;
  next();
  return true;
}

void Parser::expect(std::string_view punct) {
  if (!take(punct)) unexpected();
}

void Parser::unexpected() const {
  const bool end = now().kind == Token::Kind::end;
  throw Trouble(now().line,
                end ? "the script ends too early" : "unexpected '" + std::string(text(now()).substr(0, 40)) + "'",
                false);
}

void Parser::refuse(const std::string& what) const { throw Trouble(now().line, what + " not supported", true); }

// At a '(' or a name: whether it is the parameters of an arrow function.
bool Parser::arrow_follows() const {
  if (now().kind == Token::Kind::name) return is(ahead(), "=>");
  if (!is("(")) return false;
  return now().partner + 1 < tokens_.size() && is(tokens_[now().partner + 1], "=>");
}

Node* Parser::make(Kind kind, std::size_t start) {
  Node& node = tree_.nodes.emplace_back();
  node.kind = kind;
  node.start = node.end = start;
  node.line = now().line;
  return &node;
}

Node* Parser::finish(Node* node) {
  node->end = last_end();
  return node;
}

Node* Parser::newer(Node* node) {
  tree_.newer = true;
  return node;
}

Scope* Parser::open_scope(bool function, Node* owner) {
  Scope& scope = tree_.scopes.emplace_back();
  scope.parent = scope_;
  scope.function = function;
  scope.in_loop = loops_ > 0;
  scope.owner = owner;
  return scope_ = &scope;
}

Scope* Parser::function_scope() const {
  Scope* scope = scope_;
  while (!scope->function) scope = scope->parent;
  return scope;
}

void Parser::declare_name(const std::string& name, bool let) {
  Scope* scope = let ? scope_ : function_scope();
  Binding& binding = scope->names[name];
  binding.name = name;
  binding.out = name;
  binding.block = let && !scope->function;
}

// All names of a pattern.
void Parser::declare(const Node& pattern, bool let) {
  switch (pattern.kind) {
    case Kind::name: return declare_name(pattern.text, let);
    case Kind::property: return declare(*pattern.kids[1], let);
    case Kind::shorthand:
    case Kind::spread: return declare(*pattern.kids[0], let);
    case Kind::plain:
    case Kind::assign:
      if (pattern.text == "=") return declare(*pattern.kids[0], let);
      break;
    case Kind::object:
    case Kind::array:
      for (const Node* kid : pattern.kids) {
        if (kid != nullptr) declare(*kid, let);
      }
      return;
    default: break;
  }
  throw Trouble(pattern.line, "no name where one is to be declared", false);
}

Node* Parser::name() {
  if (now().kind != Token::Kind::name || is_private()) unexpected();
  Node* node = make(Kind::name, now().start);
  node->text = text(next());
  node->scope = scope_;
  tree_.names.push_back(node);
  return finish(node);
}

Node* Parser::private_name() {
  if (!is(ahead(), "in")) unexpected();
  Node* node = newer(make(Node::Kind::private_, now().start));
  node->text = text(next());
  return finish(node);
}

// `this` of an arrow function is that around it: each arrow in between must pass it on.
void Parser::mark_this() {
  for (auto function = functions_.rbegin(); function != functions_.rend(); ++function) {
    if ((*function)->kind != Kind::arrow) return;
    (*function)->uses_this = true;
  }
}

void Parser::parameters(Node& function) {
  function.mark = now().start;
  if (now().kind == Token::Kind::name) {  // x => ...
    function.kids.push_back(name());
    return declare(*function.kids.back(), false);
  }
  expect("(");
  while (!is(")")) {
    Node* parameter = pattern_element();
    if (parameter->kind != Kind::name) newer(parameter);
    declare(*parameter, false);
    function.kids.push_back(parameter);
    if (!is(")")) {
      expect(",");
      if (is(")")) tree_.newer = true;
    }
  }
  expect(")");
}

void Parser::body(Node& function) {
  if (function.kind == Kind::arrow && !is("{")) {
    function.expression_body = true;
    function.kids.push_back(assignment());
    return;
  }
  function.kids.push_back(block(false));
}

Node* Parser::function(bool statement) {
  Node* node = make(Kind::function_, now().start);
  next();
  if (is("*")) refuse("generator functions are");
  if (now().kind == Token::Kind::name) {
    node->statement = statement;
    node->chunks.push_back({now().start, now().end});
    const std::string own(text(next()));
    if (statement)
      declare_name(own, false);
    else
      node->text = own;
  }
  return finish_function(node);
}

// From the parameters on.
Node* Parser::method_function() { return finish_function(make(Kind::function_, now().start)); }

Node* Parser::arrow() { return finish_function(newer(make(Kind::arrow, now().start))); }

// Parameters and body, in a scope of their own.
Node* Parser::finish_function(Node* node) {
  const Depth depth(*this);
  const std::size_t loops = std::exchange(loops_, 0);
  node->scope = open_scope(true, node);
  if (!node->text.empty()) declare_name(node->text, false);
  functions_.push_back(node);
  parameters(*node);
  if (node->kind == Kind::arrow) {
    if (now().newline_before) unexpected();
    expect("=>");
  }
  body(*node);
  functions_.pop_back();
  close_scope();
  loops_ = loops;
  return finish(node);
}

Node* Parser::class_expression(bool statement) {
  Node* node = newer(make(Kind::class_, now().start));
  next();
  node->statement = statement;
  if (now().kind == Token::Kind::name && !is_word("extends")) {
    node->text = text(now());
    // Of an expression only the class itself sees the name.
    if (!statement) {
      node->scope = open_scope(false, node);
      node->scope->in_loop = false;
    }
    Node* own = name();
    declare(*own, true);
    node->kids.push_back(own);
  } else {
    node->kids.push_back(nullptr);
  }
  node->kids.push_back(take_word("extends") ? postfix() : nullptr);
  expect("{");
  while (!take("}")) {
    if (take(";")) continue;
    node->kids.push_back(class_member());
  }
  if (node->scope != nullptr) close_scope();
  return finish(node);
}

Node* Parser::class_member() {
  Node* node = make(Kind::member_, now().start);
  const auto modifies = [this] {
    return !is(ahead(), "(") && !is(ahead(), "=") && !is(ahead(), ";") && !is(ahead(), "}");
  };
  if (is_word("static") && modifies()) {
    next();
    node->is_static = true;
  }
  if (is("*") || (is_word("async") && modifies())) refuse("generators and async methods are");
  if (is("{")) refuse("static blocks of classes are");
  node->start = now().start;
  if ((is_word("get") || is_word("set")) && modifies()) node->text = text(next());
  if (is("[")) refuse("computed names in classes are");
  if (now().kind == Token::Kind::punct) unexpected();
  node->chunks.push_back({now().start, now().end});
  next();
  node->mark = last_end();
  if (is("(")) {
    node->is_method = true;
    node->kids.push_back(method_function());
    return finish(node);
  }
  node->kids.push_back(take("=") ? assignment() : nullptr);
  mark_this();
  take(";");
  return finish(node);
}

}  // namespace afferent::codec_host
