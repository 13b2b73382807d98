// Writes the tree as ES5: copies the source and rewrites what is newer. Throws Trouble. Single-threaded, used once.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "tools/codec/syntax.h"

namespace afferent::codec_host {

class Emitter {
 public:
  explicit Emitter(const Tree& tree);
  std::string run();

 private:
  using Rule = void (Emitter::*)(const Node&);
  // How far the lines of what is written and of the source were compared.
  struct Pace {
    std::size_t written;
    std::size_t source;
    std::ptrdiff_t ahead = 0;
  };
  static Rule rule_of(Node::Kind kind);

  void emit(const Node& node);
  void emit_inner(const Node& node);
  std::string text_of(const Node& node);  // what emit() would write
  void copy(std::size_t from, std::size_t to) { out_.append(tree_.source.substr(from, to - from)); }
  void keep_pace(Pace& pace, std::size_t source);
  std::string fresh();      // a name that the script has not
  std::string temporary();  // a variable of the function around, declared at its end
  [[noreturn]] static void refuse(const Node& node, const std::string& what);

  // expressions: emit_expressions.cpp
  void plain(const Node& node);
  void name(const Node& node);
  void number(const Node& node);
  void regex(const Node& node);
  void super(const Node& node);
  void template_string(const Node& node);
  std::string chunk(std::pair<std::size_t, std::size_t> range) const;
  void array(const Node& node);
  std::string list_of(const std::vector<Node*>& kids);  // an array with spreads
  void object(const Node& node);
  void object_with_spreads(const Node& node);
  void property(const Node& node);
  void shorthand(const Node& node);
  void method(const Node& node);
  void spread(const Node& node);
  void nullish(const Node& node);
  void new_expression(const Node& node);

  // chains: emit_chains.cpp
  void chain(const Node& node);
  void call(const Node& node);
  std::string arguments(const Node& call);
  std::string step(const Node& node);
  void dot(const Node& node);
  bool super_chain(const Node& node);
  std::string super_place(const Node& step);
  std::string super_get(const Node& step) { return "$es_get(" + super_place(step) + ",this)"; }
  void super_assign(const Node& node);
  void composed_chain(const Node& node);

  // patterns: emit_patterns.cpp
  void assign(const Node& node);
  void logical_assign(const Node& node);
  std::string target_once(const Node& target, std::string& before);
  void take_apart(const Node& pattern, const std::string& from, std::vector<std::string>& parts);
  void take_object(const Node& pattern, const std::string& from, std::vector<std::string>& parts);
  void take_array(const Node& pattern, const std::string& from, std::vector<std::string>& parts);
  void take_with_default(const Node& target, const Node& value, const std::string& from,
                         std::vector<std::string>& parts);
  std::string keep(const std::string& from, std::vector<std::string>& parts);

  // functions and classes: emit_functions.cpp
  void function(const Node& node);
  void arrow(const Node& node);
  std::string parameters(const Node& node, std::string& prologue);
  void body(const Node& function, const std::string& prologue, Pace pace);
  void class_expression(const Node& node);
  void class_body(const Node& node, const std::string& name, Pace pace);
  void check_parent(const Node& parent) const;
  std::string super_call(const std::string& arguments) const;
  void member(const Node& member, const Node& of);
  void field(const Node& member, bool inherits);
  std::string quoted_key(const Node& member) const;
  std::string private_key(const Node& node, const std::string& name) const;
  void private_name(const Node& node) { out_ += private_key(node, node.text); }

  // statements and loops: emit_statements.cpp
  void declaration(const Node& node);
  void declared_as_assignments(const Node& node);
  void names_in(const Node& pattern, std::vector<const Binding*>& names) const;
  bool any_copied(const Node& declaration) const;
  static std::string open_copies(const Scope& scope);
  static std::string close_copies(const Scope& scope);
  void block(const Node& node);
  std::string hoisted(const Node& block);
  void for_loop(const Node& node);
  void for_in(const Node& node);
  void for_of(const Node& node);
  void round_of(const Node& node, const std::string& before);
  void switch_statement(const Node& node);
  void catch_clause(const Node& node);
  void dropped(const Node& node);

  const Tree& tree_;
  std::string out_;
  std::vector<std::vector<std::string>> variables_;  // of each open function
  std::vector<const Node*> loops_;    // whose heads hold copied variables, while their bodies are written
  std::string super_;                 // of the class around; empty: none
  bool static_ = false;               // in a static member, whose `super` is the parent itself
  std::string own_fields_;            // the calls that set them, to be made behind super()
  std::vector<const Node*> classes_;  // that are open
  std::set<std::string> taken_;       // the script's names that look like ours
  int last_ = 0;
};

}  // namespace afferent::codec_host
