// Declarations, blocks and loops. A variable that a function keeps from a round of a loop becomes the parameter of a
// catch clause: the one thing in ES5 that is new in each round.
#include <algorithm>

#include "tools/codec/emitter.h"

namespace afferent::codec_host {

using Kind = Node::Kind;

void Emitter::names_in(const Node& pattern, std::vector<const Binding*>& names) const {
  switch (pattern.kind) {
    case Kind::name:
      if (pattern.binding != nullptr) names.push_back(pattern.binding);
      return;
    case Kind::property: return names_in(*pattern.kids[1], names);
    case Kind::shorthand:
    case Kind::spread: return names_in(*pattern.kids[0], names);
    case Kind::plain:
    case Kind::assign:
      if (pattern.text == "=") names_in(*pattern.kids[0], names);
      return;
    case Kind::object:
    case Kind::array:
      for (const Node* kid : pattern.kids) {
        if (kid != nullptr) names_in(*kid, names);
      }
      return;
    default: return;
  }
}

bool Emitter::any_copied(const Node& node) const {
  std::vector<const Binding*> names;
  for (const Node* one : node.kids) names_in(*one->kids[0], names);
  return std::any_of(names.begin(), names.end(), [](const Binding* name) { return name->copied; });
}

void Emitter::declaration(const Node& node) {
  if (any_copied(node)) return declared_as_assignments(node);
  const bool plain_ones =
      std::all_of(node.kids.begin(), node.kids.end(), [](const Node* one) { return one->kids[0]->kind == Kind::name; });
  if (!node.let && plain_ones) return plain(node);
  out_ += "var ";
  for (std::size_t i = 0; i < node.kids.size(); ++i) {
    const Node& target = *node.kids[i]->kids[0];
    const Node* value = node.kids[i]->kids[1];
    if (i > 0) out_ += ",";
    if (target.kind == Kind::name) {
      emit(target);
      // In a loop it is empty again in each round.
      const bool again = target.binding != nullptr && target.binding->block;
      if (value != nullptr || again) out_ += "=";
      if (value != nullptr)
        emit(*value);
      else if (again)
        out_ += "void 0";
      continue;
    }
    if (value == nullptr) throw Trouble(target.line, "a pattern without a value", false);
    std::vector<std::string> parts;
    take_apart(target, text_of(*value), parts);
    for (std::size_t part = 0; part < parts.size(); ++part) out_ += (part > 0 ? "," : "") + parts[part];
  }
  if (!node.semicolon && out_.back() != ';' && tree_.source[node.end - 1] == ';') out_ += ";";
}

// Some of the names exist already, as parameters of catch clauses.
void Emitter::declared_as_assignments(const Node& node) {
  std::vector<std::string> parts;
  std::vector<const Binding*> names;
  for (const Node* one : node.kids) {
    names_in(*one->kids[0], names);
    take_apart(*one->kids[0], one->kids[1] == nullptr ? "void 0" : text_of(*one->kids[1]), parts);
  }
  for (const Binding* name : names) {
    if (!name->copied) variables_.back().push_back(name->out);
  }
  for (std::size_t i = 0; i < parts.size(); ++i) out_ += (i > 0 ? "," : "") + parts[i];
  if (!node.semicolon && tree_.source[node.end - 1] == ';') out_ += ";";
}

std::string Emitter::open_copies(const Scope& scope) {
  std::string text;
  for (const auto& [name, binding] : scope.names) {
    if (binding.copied) text += "try{throw void 0}catch(" + binding.out + "){";
  }
  return text;
}

std::string Emitter::close_copies(const Scope& scope) {
  std::string text;
  for (const auto& [name, binding] : scope.names) {
    if (binding.copied) text += "}";
  }
  return text;
}

// The functions that are declared in a block within such catch clauses, each in one of its own: as declarations they
// would be outside of them. Empty: they may stand where they are.
std::string Emitter::hoisted(const Node& block) {
  bool copies = false;
  for (const Scope* scope = block.scope; scope != nullptr && !scope->function; scope = scope->parent) {
    for (const auto& [name, binding] : scope->names) copies = copies || binding.copied;
  }
  std::string clauses;
  std::string values;
  for (const Node* kid : block.kids) {
    if (!copies || kid->kind != Kind::function_ || !kid->statement) continue;
    const auto [start, end] = kid->chunks[0];
    const std::string name(tree_.source.substr(start, end - start));
    clauses += "try{throw void 0}catch(" + name + "){";
    values += name + "=" + text_of(*kid) + ";";
  }
  return clauses + values;
}

void Emitter::block(const Node& node) {
  const std::string functions = hoisted(node);
  out_ += "{" + (node.scope == nullptr ? "" : open_copies(*node.scope)) + functions;
  std::size_t at = node.start + 1;
  for (const Node* kid : node.kids) {
    copy(at, kid->start);
    const bool stands = functions.empty() || kid->kind != Kind::function_;
    stands ? emit(*kid) : void(out_ += ";");
    at = kid->end;
  }
  copy(at, node.end - 1);
  if (!functions.empty()) {
    for (const Node* kid : node.kids) out_ += kid->kind == Kind::function_ ? "}" : "";
  }
  out_ += (node.scope == nullptr ? "" : close_copies(*node.scope)) + "}";
}

void Emitter::switch_statement(const Node& node) {
  const std::string opening = open_copies(*node.scope);
  if (!opening.empty()) out_ += "{" + opening;
  plain(node);
  if (!opening.empty()) out_ += close_copies(*node.scope) + "}";
}

// The body of a round, with the head's variables new in it. `before` gives them their values.
void Emitter::round_of(const Node& node, const std::string& before) {
  out_ += "{" + open_copies(*node.scope) + before;
  emit(*node.kids.back());
  out_ += close_copies(*node.scope) + "}";
}

void Emitter::for_loop(const Node& node) {
  std::string into;
  std::string back;
  bool copied = false;
  for (const auto& [name, binding] : node.scope->names) {
    if (!binding.copied) continue;
    copied = true;
    into += binding.out + "=" + binding.loop + ";";
    if (binding.assigned) back += binding.loop + "=" + binding.out + ";";
  }
  const Node* head = node.kids[0];
  if (!copied) return plain(node);
  out_ += "for(var ";
  for (std::size_t i = 0; i < head->kids.size(); ++i) {
    const Node& one = *head->kids[i];
    if (one.kids[0]->kind != Kind::name) refuse(node, "a pattern in the head of such a loop is");
    if (i > 0) out_ += ",";
    emit(*one.kids[0]);
    out_ += "=";
    one.kids[1] == nullptr ? void(out_ += "void 0") : emit(*one.kids[1]);
  }
  for (std::size_t i = 1; i < 3; ++i) {
    out_ += ";";
    if (node.kids[i] != nullptr) emit(*node.kids[i]);
  }
  out_ += ")";
  if (back.empty()) return round_of(node, into);
  out_ += "{" + open_copies(*node.scope) + into + "try{";
  emit(*node.kids.back());
  out_ += "}finally{" + back + "}" + close_copies(*node.scope) + "}";
}

void Emitter::for_in(const Node& node) {
  const Node& head = *node.kids[0];
  const bool declares = head.kind == Kind::declaration;
  const Node& target = declares ? *head.kids[0]->kids[0] : head;
  if (target.kind == Kind::object || target.kind == Kind::array || (declares && any_copied(head))) {
    const std::string key = temporary();
    out_ += "for(" + key + " in ";
    emit(*node.kids[1]);
    out_ += ")";
    std::vector<std::string> parts;
    take_apart(target, key, parts);
    std::string before;
    for (const std::string& part : parts) before += part + ";";
    std::vector<const Binding*> names;
    names_in(target, names);
    for (const Binding* name : names) {
      if (declares && !name->copied) variables_.back().push_back(name->out);
    }
    return round_of(node, before);
  }
  out_ += declares ? "for(var " : "for(";
  emit(target);
  out_ += " in ";
  emit(*node.kids[1]);
  out_ += ")";
  emit(*node.kids[2]);
}

void Emitter::for_of(const Node& node) {
  const Node& head = *node.kids[0];
  const bool declares = head.kind == Kind::declaration;
  const Node& target = declares ? *head.kids[0]->kids[0] : head;
  const std::string list = temporary();
  const std::string index = temporary();
  out_ += "for(" + index + "=0," + list + "=$es_rounds(";
  emit(*node.kids[1]);
  out_ += ");" + index + "<" + list + ".length||" + list + ".$more&&" + list + ".$more();" + index + "++)";
  std::vector<std::string> parts;
  take_apart(target, list + "[" + index + "]", parts);
  std::vector<const Binding*> names;
  names_in(target, names);
  for (const Binding* name : names) {
    if (declares && !name->copied) variables_.back().push_back(name->out);
  }
  std::string before;
  for (const std::string& part : parts) before += part + ";";
  round_of(node, before);
}

void Emitter::catch_clause(const Node& node) {
  const Node* parameter = node.kids[0];
  if (parameter != nullptr && parameter->kind == Kind::name) return plain(node);
  const std::string caught = fresh();
  out_ += "catch(" + caught + "){";
  if (parameter != nullptr) {
    std::vector<std::string> parts;
    take_apart(*parameter, caught, parts);
    std::vector<const Binding*> names;
    names_in(*parameter, names);
    for (const Binding* name : names) variables_.back().push_back(name->out);
    for (const std::string& part : parts) out_ += part + ";";
  }
  emit(*node.kids[1]);
  out_ += "}";
}

void Emitter::dropped(const Node& node) {
  if (node.kids.empty()) return;
  out_ += node.text;
  emit(*node.kids[0]);
}

}  // namespace afferent::codec_host
