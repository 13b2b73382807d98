// Destructuring: a pattern becomes a row of plain assignments.
#include <algorithm>

#include "tools/codec/emitter.h"

namespace afferent::codec_host {

using Kind = Node::Kind;

void Emitter::assign(const Node& node) {
  if (is_super_member(*node.kids[0])) return super_assign(node);
  if (node.text != "=") return logical_assign(node);
  std::vector<std::string> parts;
  const std::string value = keep(text_of(*node.kids[1]), parts);
  take_apart(*node.kids[0], value, parts);
  out_ += "(";
  for (const std::string& part : parts) out_ += part + ",";
  out_ += value + ")";
}

// a ??= b, a ||= b, a &&= b: the target is written twice, so what it is a member of, and its key, are kept first.
void Emitter::logical_assign(const Node& node) {
  std::string before;
  const std::string name = target_once(*node.kids[0], before);
  const std::string value = text_of(*node.kids[1]);
  if (node.text ==
      "?"
      "?=")
    out_ += "(" + before + name + "!==null&&" + name + "!==void 0?" + name + ":(" + name + "=" + value + "))";
  else
    out_ += "(" + before + name + node.text.substr(0, 2) + "(" + name + "=" + value + "))";
}

// A text that can be written twice, once `before` was.
std::string Emitter::target_once(const Node& target, std::string& before) {
  if (target.kind == Kind::name) return text_of(target);
  if (target.kind != Kind::chain || target.kids.back()->kind == Kind::call)
    throw Trouble(target.line, "no name where a value is to be put", false);
  const Node& last = *target.kids.back();
  Node object = target;
  object.kids.pop_back();
  object.end = object.kids.back()->end;
  const std::string kept = temporary();
  before += kept + "=" + text_of(object) + ",";
  if (last.kind == Kind::dot) return kept + step(last);
  const std::string key = temporary();
  before += key + "=(" + text_of(*last.kids[0]) + "),";
  return kept + "[" + key + "]";
}

// `from` in a variable of its own, unless it is one.
std::string Emitter::keep(const std::string& from, std::vector<std::string>& parts) {
  if (from.starts_with("$") && from.find_first_not_of("0123456789", 1) == from.npos) return from;
  std::string kept = temporary();
  parts.push_back(kept + "=" + from);
  return kept;
}

void Emitter::take_with_default(const Node& target, const Node& value, const std::string& from,
                                std::vector<std::string>& parts) {
  const std::string kept = keep(from, parts);
  take_apart(target, "(" + kept + "===void 0?" + text_of(value) + ":" + kept + ")", parts);
}

void Emitter::take_apart(const Node& pattern, const std::string& from, std::vector<std::string>& parts) {
  if (pattern.kind == Kind::object) return take_object(pattern, from, parts);
  if (pattern.kind == Kind::array) return take_array(pattern, from, parts);
  const bool with_default = (pattern.kind == Kind::plain || pattern.kind == Kind::assign) && pattern.text == "=";
  if (with_default) return take_with_default(*pattern.kids[0], *pattern.kids[1], from, parts);
  if (pattern.kind != Kind::name && pattern.kind != Kind::chain)
    throw Trouble(pattern.line, "no name where a value is to be put", false);
  parts.push_back(is_super_member(pattern) ? "$es_set(" + super_place(*pattern.kids[1]) + ",this," + from + ")"
                                           : text_of(pattern) + "=" + from);
}

void Emitter::take_object(const Node& pattern, const std::string& from, std::vector<std::string>& parts) {
  const std::string object = keep(from, parts);
  std::string known;
  for (const Node* kid : pattern.kids) {
    if (kid->kind == Kind::spread) {
      take_apart(*kid->kids[0], "$es_rest(" + object + ",[" + known + "])", parts);
      continue;
    }
    if (kid->kind == Kind::shorthand) {
      const std::string member = object + "." + kid->kids[0]->text;
      known += (known.empty() ? "'" : ",'") + kid->kids[0]->text + "'";
      kid->kids[1] == nullptr ? take_apart(*kid->kids[0], member, parts)
                              : take_with_default(*kid->kids[0], *kid->kids[1], member, parts);
      continue;
    }
    if (kid->kind != Kind::property) throw Trouble(kid->line, "no pattern", false);
    const auto [start, end] = kid->chunks[0];
    std::string key(tree_.source.substr(start, end - start));
    if (kid->kids[0] != nullptr)
      key = keep("String(" + text_of(*kid->kids[0]) + ")", parts);
    else if (key[0] != '"' && key[0] != '\'' && (key[0] < '0' || key[0] > '9'))
      key = "'" + key + "'";
    known += (known.empty() ? "" : ",") + key;
    take_apart(*kid->kids[1], object + "[" + key + "]", parts);
  }
  if (pattern.kids.empty()) parts.push_back(object);
}

void Emitter::take_array(const Node& pattern, const std::string& from, std::vector<std::string>& parts) {
  // An iterator gives no more than is asked for.
  const bool all = !pattern.kids.empty() && pattern.kids.back() != nullptr && pattern.kids.back()->kind == Kind::spread;
  const std::string most = all ? "" : "," + std::to_string(pattern.kids.size());
  const std::string list = keep("$es_list(" + from + most + ")", parts);
  for (std::size_t i = 0; i < pattern.kids.size(); ++i) {
    const Node* kid = pattern.kids[i];
    if (kid == nullptr) continue;
    if (kid->kind == Kind::spread)
      take_apart(*kid->kids[0], list + ".slice(" + std::to_string(i) + ")", parts);
    else
      take_apart(*kid, list + "[" + std::to_string(i) + "]", parts);
  }
}

}  // namespace afferent::codec_host
