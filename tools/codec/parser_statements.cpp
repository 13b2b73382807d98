#include <algorithm>
#include <array>
#include <utility>

#include "tools/codec/parser.h"
#include "tools/codec/parser_depth.h"

namespace afferent::codec_host {

using Kind = Node::Kind;

void Parser::statements(Node& into, std::string_view until) {
  while (now().kind != Token::Kind::end && (until.empty() || !is(until))) into.kids.push_back(statement());
}

// A semicolon may be left out at the end of a line. It is added, since what is rewritten may begin with a bracket.
void Parser::end_statement(Node& node) {
  if (take(";")) {
    node.end = last_end();
    return;
  }
  if (!is("}") && now().kind != Token::Kind::end && !now().newline_before) unexpected();
  node.end = last_end();
  node.semicolon = true;
}

Node* Parser::statement() {
  const Depth depth(*this);
  if (is("{")) return block(true);
  if (is(";")) {
    Node* node = make(Kind::plain, now().start);
    next();
    return finish(node);
  }
  if (now().kind != Token::Kind::name) return expression_statement();
  using Rule = Node* (Parser::*)();
  static constexpr std::array<std::pair<std::string_view, Rule>, 15> kRules{{
      {"if", &Parser::if_statement},
      {"for", &Parser::for_statement},
      {"while", &Parser::while_statement},
      {"do", &Parser::do_statement},
      {"switch", &Parser::switch_statement},
      {"try", &Parser::try_statement},
      {"return", &Parser::jump},
      {"throw", &Parser::jump},
      {"break", &Parser::jump},
      {"continue", &Parser::jump},
      {"debugger", &Parser::jump},
      {"export", &Parser::exported},
      {"import", &Parser::exported},
      {"with", &Parser::while_statement},
      {"async", &Parser::expression_statement},
  }};
  for (const auto& [word, rule] : kRules) {
    if (is_word(word)) return (this->*rule)();
  }
  if (is_word("function")) return function(true);
  if (is_word("class")) return class_expression(true);
  const Token& second = ahead();
  const bool declares = second.kind == Token::Kind::name || is(second, "{") || is(second, "[");
  if (is_word("var") || is_word("const") || (is_word("let") && declares)) {
    Node* node = declaration(false);
    end_statement(*node);
    return node;
  }
  return is(second, ":") ? labelled() : expression_statement();
}

Node* Parser::block(bool with_scope) {
  Node* node = make(Kind::block, now().start);
  expect("{");
  if (with_scope) node->scope = open_scope(false, node);
  statements(*node, "}");
  expect("}");
  if (with_scope) close_scope();
  return finish(node);
}

Node* Parser::declaration(bool no_in) {
  Node* node = make(Kind::declaration, now().start);
  node->let = !is_word("var");
  if (node->let) newer(node);
  next();
  do {
    Node* one = make(Kind::declarator, now().start);
    Node* target = is("{") || is("[") ? newer(primary()) : name();
    declare(*target, node->let);
    one->kids = {target, take("=") ? assignment(no_in) : nullptr};
    node->kids.push_back(finish(one));
  } while (take(","));
  return finish(node);
}

Node* Parser::if_statement() {
  Node* node = make(Kind::plain, now().start);
  next();
  expect("(");
  node->kids.push_back(expression());
  expect(")");
  node->kids.push_back(statement());
  if (take_word("else")) node->kids.push_back(statement());
  return finish(node);
}

Node* Parser::loop_body() {
  ++loops_;
  Node* node = statement();
  --loops_;
  return node;
}

Node* Parser::while_statement() {
  Node* node = make(Kind::plain, now().start);
  next();
  expect("(");
  node->kids.push_back(expression());
  expect(")");
  node->kids.push_back(loop_body());
  return finish(node);
}

Node* Parser::do_statement() {
  Node* node = make(Kind::plain, now().start);
  next();
  node->kids.push_back(loop_body());
  if (!take_word("while")) unexpected();
  expect("(");
  node->kids.push_back(expression());
  expect(")");
  finish(node);
  if (!take(";"))
    node->semicolon = true;
  else
    finish(node);
  return node;
}

Node* Parser::for_statement() {
  Node* node = make(Kind::for_, now().start);
  next();
  if (is_word("await")) refuse("for await is");
  expect("(");
  ++loops_;  // the head's variables are new in each round
  node->scope = open_scope(false, node);
  --loops_;
  Node* head = nullptr;
  const bool declares =
      is_word("var") || is_word("const") || (is_word("let") && !is(ahead(), "of") && !is(ahead(), "in"));
  if (declares)
    head = declaration(true);
  else if (!is(";"))
    head = expression(true);
  if (head != nullptr && (is_word("of") || is_word("in"))) {
    for_each(head, node, is_word("of"));
  } else {
    expect(";");
    Node* test = is(";") ? nullptr : expression();
    expect(";");
    Node* update = is(")") ? nullptr : expression();
    expect(")");
    node->kids = {head, test, update, loop_body()};
  }
  close_scope();
  return finish(node);
}

Node* Parser::for_each(Node* head, Node* node, bool of) {
  node->kind = of ? Kind::for_of : Kind::for_in;
  if (of) newer(node);
  next();
  Node* list = of ? assignment() : expression();
  expect(")");
  node->kids = {head, list, loop_body()};
  return node;
}

Node* Parser::switch_statement() {
  Node* node = make(Kind::switch_, now().start);
  next();
  expect("(");
  node->kids.push_back(expression());
  expect(")");
  expect("{");
  node->scope = open_scope(false, node);
  while (!take("}")) {
    if (take_word("case"))
      node->kids.push_back(expression());
    else if (!take_word("default"))
      unexpected();
    expect(":");
    while (!is("}") && !is_word("case") && !is_word("default")) node->kids.push_back(statement());
  }
  close_scope();
  return finish(node);
}

Node* Parser::try_statement() {
  Node* node = make(Kind::plain, now().start);
  next();
  node->kids.push_back(block(true));
  if (is_word("catch")) {
    Node* handler = make(Kind::catch_, now().start);
    next();
    handler->scope = open_scope(false, handler);
    Node* parameter = nullptr;
    if (take("(")) {
      parameter = is("{") || is("[") ? newer(primary()) : name();
      declare(*parameter, true);
      expect(")");
    } else {
      newer(handler);
    }
    for (auto& [known, binding] : handler->scope->names) binding.block = false;
    handler->kids = {parameter, block(true)};
    close_scope();
    node->kids.push_back(finish(handler));
  }
  if (take_word("finally")) node->kids.push_back(block(true));
  return finish(node);
}

Node* Parser::jump() {
  Node* node = make(Kind::plain, now().start);
  const bool takes_value = is_word("return") || is_word("throw");
  next();
  const bool ends = is(";") || is("}") || now().kind == Token::Kind::end || now().newline_before;
  if (!ends && takes_value)
    node->kids.push_back(expression());
  else if (!ends)
    next();  // a label
  end_statement(*node);
  return node;
}

// `export` says nothing to one script alone; what it exports is found by its name.
Node* Parser::exported() {
  if (is_word("import")) refuse("import is");
  Node* node = newer(make(Kind::dropped, now().start));
  next();
  if (take("{")) {
    while (!take("}")) next();
    if (is_word("from")) refuse("export from another module is");
    end_statement(*node);
    return node;
  }
  if (is("*")) refuse("export from another module is");
  if (take_word("default")) {
    const bool named = (is_word("function") || is_word("class")) && ahead().kind == Token::Kind::name;
    if (named) {  // and known by its name in the script too
      node->text = is_word("function") ? "module.exports=" + std::string(text(ahead())) + ";" : "";
      node->kids.push_back(statement());
      return finish(node);
    }
    node->text = "module.exports = ";
    node->kids.push_back(assignment());
    end_statement(*node);
    node->semicolon = true;
    return node;
  }
  node->kids.push_back(statement());
  return finish(node);
}

Node* Parser::labelled() {
  Node* node = make(Kind::plain, now().start);
  next();
  expect(":");
  node->kids.push_back(statement());
  return finish(node);
}

Node* Parser::expression_statement() {
  Node* node = make(Kind::plain, now().start);
  node->kids.push_back(expression());
  end_statement(*node);
  return node;
}

}  // namespace afferent::codec_host
