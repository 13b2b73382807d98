// Builds the tree of a script and its scopes. Throws Trouble. Single-threaded, used once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tools/codec/syntax.h"

namespace afferent::codec_host {

class Parser {
 public:
  explicit Parser(std::string_view source);
  Tree parse();

 private:
  // tokens
  const Token& now() const { return tokens_[at_]; }
  const Token& ahead(std::size_t count = 1) const { return tokens_[std::min(at_ + count, tokens_.size() - 1)]; }
  std::string_view text(const Token& token) const { return source_.substr(token.start, token.end - token.start); }
  bool is(std::string_view punct) const { return now().kind == Token::Kind::punct && text(now()) == punct; }
  bool is_word(std::string_view word) const { return now().kind == Token::Kind::name && text(now()) == word; }
  bool is(const Token& token, std::string_view what) const { return text(token) == what && is_plain(token); }
  static bool is_plain(const Token& token) {
    return token.kind == Token::Kind::punct || token.kind == Token::Kind::name;
  }
  bool take(std::string_view punct);
  bool take_word(std::string_view word);
  void expect(std::string_view punct);
  const Token& next() { return tokens_[at_ == tokens_.size() - 1 ? at_ : at_++]; }
  std::size_t last_end() const { return at_ == 0 ? 0 : tokens_[at_ - 1].end; }
  [[noreturn]] void unexpected() const;
  [[noreturn]] void refuse(const std::string& what) const;
  bool arrow_follows() const;
  bool async_follows() const;

  // nodes and scopes
  class Depth;
  Node* make(Node::Kind kind, std::size_t start);
  Node* finish(Node* node);
  Node* newer(Node* node);
  Scope* open_scope(bool function, Node* owner);
  void close_scope() { scope_ = scope_->parent; }
  Scope* function_scope() const;
  void declare(const Node& pattern, bool let);
  void declare_name(const std::string& name, bool let);
  Node* name();
  Node* private_name();
  void mark_assigned(const Node& target);
  void mark_this();
  void check_target(const Node& target) const;
  bool is_private() const { return now().kind == Token::Kind::name && text(now()).starts_with('#'); }

  // statements
  Node* statement();
  Node* block(bool with_scope);
  void statements(Node& into, std::string_view until);
  void end_statement(Node& node);
  Node* declaration(bool no_in);
  Node* if_statement();
  Node* loop_body();
  Node* for_statement();
  Node* for_each(Node* head, Node* node, bool of);
  Node* while_statement();
  Node* do_statement();
  Node* switch_statement();
  Node* try_statement();
  Node* jump();
  Node* exported();
  Node* labelled();
  Node* expression_statement();

  // functions and classes
  Node* function(bool statement);
  Node* method_function();
  Node* arrow();
  Node* finish_function(Node* node);
  void parameters(Node& function);
  void body(Node& function);
  Node* class_expression(bool statement);
  Node* class_member();

  // expressions
  Node* expression(bool no_in = false);
  Node* assignment(bool no_in = false);
  Node* conditional(bool no_in);
  Node* binary(bool no_in);
  Node* unary();
  Node* postfix();
  Node* chain(Node* base, bool calls);
  Node* new_expression();
  Node* arguments();
  Node* regex();
  Node* primary();
  Node* template_string();
  Node* array();
  Node* object();
  Node* property();
  Node* pattern_element(bool no_in = false);
  bool property_key(Node& property);

  const std::string_view source_;
  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  std::size_t depth_ = 0;
  Tree tree_;
  Scope* scope_ = nullptr;
  std::vector<Node*> functions_;  // that are open
  std::size_t loops_ = 0;         // that are open in this function
};

// Finds the binding of each name and gives new names where a block's variable would meet another one.
void resolve(Tree& tree);

}  // namespace afferent::codec_host
