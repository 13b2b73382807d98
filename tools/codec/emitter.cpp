#include "tools/codec/emitter.h"

#include <algorithm>
#include <array>
#include <utility>

#include "tools/codec/lexer.h"

namespace afferent::codec_host {

using Kind = Node::Kind;

Emitter::Rule Emitter::rule_of(Kind kind) {
  static constexpr std::array<std::pair<Kind, Rule>, 30> kRules{{
      {Kind::name, &Emitter::name},
      {Kind::number, &Emitter::number},
      {Kind::regex, &Emitter::regex},
      {Kind::super_, &Emitter::super},
      {Kind::private_, &Emitter::private_name},
      {Kind::dot, &Emitter::dot},
      {Kind::template_, &Emitter::template_string},
      {Kind::function_, &Emitter::function},
      {Kind::arrow, &Emitter::arrow},
      {Kind::class_, &Emitter::class_expression},
      {Kind::object, &Emitter::object},
      {Kind::property, &Emitter::property},
      {Kind::shorthand, &Emitter::shorthand},
      {Kind::method, &Emitter::method},
      {Kind::array, &Emitter::array},
      {Kind::spread, &Emitter::spread},
      {Kind::assign, &Emitter::assign},
      {Kind::nullish, &Emitter::nullish},
      {Kind::chain, &Emitter::chain},
      {Kind::call, &Emitter::call},
      {Kind::new_, &Emitter::new_expression},
      {Kind::declaration, &Emitter::declaration},
      {Kind::block, &Emitter::block},
      {Kind::for_, &Emitter::for_loop},
      {Kind::for_in, &Emitter::for_in},
      {Kind::for_of, &Emitter::for_of},
      {Kind::switch_, &Emitter::switch_statement},
      {Kind::catch_, &Emitter::catch_clause},
      {Kind::dropped, &Emitter::dropped},
      {Kind::index, &Emitter::plain},
  }};
  for (const auto& [known, rule] : kRules) {
    if (known == kind) return rule;
  }
  return &Emitter::plain;
}

void Emitter::refuse(const Node& node, const std::string& what) {
  throw Trouble(node.line, what + " not supported", true);
}

Emitter::Emitter(const Tree& tree) : tree_(tree) {
  for (const Node* name : tree.names) {
    if (name->text.starts_with('$')) taken_.insert(name->text);
  }
}

std::string Emitter::run() {
  variables_.emplace_back();
  emit(*tree_.program);
  const auto& names = variables_.back();
  for (std::size_t i = 0; i < names.size(); ++i) out_ += (i == 0 ? "\nvar " : ",") + names[i];
  return std::move(out_);
}

// What is rewritten keeps the number of its lines, so that errors name the right one.
void Emitter::emit(const Node& node) {
  const std::size_t before = out_.size();
  emit_inner(node);
  // `return{...a}` becomes `return $es_object(`: a word must not grow together with what is written for what was none.
  const bool grown = before > 0 && before < out_.size() && is_name_character(out_[before - 1]);
  if (grown && is_name_character(out_[before])) out_.insert(before, 1, ' ');
  if (node.semicolon) out_ += ';';
  const std::string_view source = tree_.text(node);
  const auto wanted = std::count(source.begin(), source.end(), '\n');
  const auto written = std::count(out_.begin() + static_cast<std::ptrdiff_t>(before), out_.end(), '\n');
  if (wanted > written) out_.append(static_cast<std::size_t>(wanted - written), '\n');
}

void Emitter::emit_inner(const Node& node) { (this->*rule_of(node.kind))(node); }

// Empty lines, so that what comes next has the line of `source`.
void Emitter::keep_pace(Pace& pace, std::size_t source) {
  const auto lines = [](std::string_view text) { return std::count(text.begin(), text.end(), '\n'); };
  pace.ahead += lines(std::string_view(out_).substr(pace.written));
  pace.ahead -= lines(tree_.source.substr(pace.source, source - pace.source));
  if (pace.ahead < 0) out_.append(static_cast<std::size_t>(-pace.ahead), '\n');
  pace = {out_.size(), source, std::max<std::ptrdiff_t>(pace.ahead, 0)};
}

std::string Emitter::text_of(const Node& node) {
  std::string kept = std::exchange(out_, {});
  emit(node);
  std::swap(kept, out_);
  return kept;
}

std::string Emitter::fresh() {
  std::string made;
  do {
    made = "$" + std::to_string(++last_);
  } while (taken_.contains(made));
  return made;
}

std::string Emitter::temporary() {
  std::string made = fresh();
  variables_.back().push_back(made);
  return made;
}

void Emitter::plain(const Node& node) {
  std::size_t at = node.start;
  for (const Node* kid : node.kids) {
    if (kid == nullptr) continue;
    copy(at, kid->start);
    emit(*kid);
    at = kid->end;
  }
  copy(at, node.end);
}

void Emitter::name(const Node& node) {
  if (node.binding == nullptr) {
    out_ += node.text;
    return;
  }
  const Binding& binding = *node.binding;
  if (!binding.copied || binding.loop.empty()) {
    out_ += binding.out;
    return;
  }
  // In the head of a loop it is the loop's own variable, in the body that of the round.
  for (const Scope* scope = node.scope; scope != nullptr; scope = scope->parent) {
    const auto found = scope->names.find(binding.name);
    if (found == scope->names.end() || &found->second != &binding) continue;
    const Node* loop = scope->owner;
    const bool head = loop != nullptr && loop->kind == Kind::for_ && node.start < loop->kids.back()->start;
    out_ += head ? binding.loop : binding.out;
    return;
  }
}

}  // namespace afferent::codec_host
