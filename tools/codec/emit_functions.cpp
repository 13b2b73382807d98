#include <algorithm>
#include <utility>

#include "tools/codec/emitter.h"
#include "tools/codec/lexer.h"

namespace afferent::codec_host {

using Kind = Node::Kind;

// The list of plain names; what is more than that is done first thing in the body.
std::string Emitter::parameters(const Node& node, std::string& prologue) {
  std::string list = "(";
  for (std::size_t i = 0; i + 1 < node.kids.size(); ++i) {
    const Node& parameter = *node.kids[i];
    std::vector<std::string> parts;
    std::string plain;
    if (parameter.kind == Kind::name) {
      plain = text_of(parameter);
    } else if (parameter.kind == Kind::spread) {
      take_apart(*parameter.kids[0], "Array.prototype.slice.call(arguments," + std::to_string(i) + ")", parts);
    } else if (parameter.text == "=" && parameter.kids[0]->kind == Kind::name) {
      plain = text_of(*parameter.kids[0]);
      prologue += "if(" + plain + "===void 0)" + plain + "=" + text_of(*parameter.kids[1]) + ";";
    } else {
      plain = "$" + std::to_string(++last_);
      take_apart(parameter, plain, parts);
    }
    for (const std::string& part : parts) prologue += part + ";";
    if (parameter.kind == Kind::spread) {
      std::vector<const Binding*> names;
      names_in(*parameter.kids[0], names);
      for (const Binding* name : names) variables_.back().push_back(name->out);
    } else if (!parts.empty()) {
      std::vector<const Binding*> names;
      names_in(parameter, names);
      for (const Binding* name : names) variables_.back().push_back(name->out);
    }
    if (!plain.empty()) list += (list.size() > 1 ? "," : "") + plain;
  }
  if (node.keeps_arguments) prologue += "var $arguments=arguments;";
  return list + ")";
}

void Emitter::body(const Node& function, const std::string& prologue) {
  const Node& body = *function.kids.back();
  out_ += "{" + prologue;
  if (function.expression_body) {
    out_ += "return(";
    emit(body);
    out_ += ");";
  } else {
    std::size_t at = body.start + 1;
    for (const Node* kid : body.kids) {
      copy(at, kid->start);
      emit(*kid);
      at = kid->end;
    }
    copy(at, body.end - 1);
  }
  const auto& names = variables_.back();
  for (std::size_t i = 0; i < names.size(); ++i) out_ += (i == 0 ? ";var " : ",") + names[i];
  out_ += "}";
}

void Emitter::function(const Node& node) {
  variables_.emplace_back();
  std::string prologue;
  const std::string list = parameters(node, prologue);
  copy(node.start, node.mark);
  out_ += list;
  body(node, prologue);
  variables_.pop_back();
}

void Emitter::arrow(const Node& node) {
  variables_.emplace_back();
  std::string prologue;
  const std::string list = parameters(node, prologue);
  out_ += "(function" + list;
  body(node, prologue);
  out_ += node.uses_this ? ".bind(this))" : ")";
  variables_.pop_back();
}

// kids of a class: its name or null, its parent or null, the members.
void Emitter::class_expression(const Node& node) {
  const Node* parent = node.kids[1];
  const std::string outer = super_;
  const std::string outer_fields = std::exchange(own_fields_, {});
  const bool outer_static = std::exchange(static_, false);
  std::string base = "null";
  if (parent != nullptr) {
    base = temporary();
    super_ = base;
  } else {
    super_.clear();
  }
  const std::string fields = fields_of(node, false);
  if (parent != nullptr && !fields.empty()) own_fields_ = temporary();
  const std::string statics = fields_of(node, true);
  const std::string name = node.kids[0] == nullptr ? "" : text_of(*node.kids[0]);
  if (node.statement) out_ += "var " + name + "=";
  out_ += "$class(";
  if (parent != nullptr) {
    out_ += "(" + base + "=";
    const std::string own = std::exchange(super_, outer);
    static_ = outer_static;
    emit(*parent);
    static_ = false;
    super_ = own;
    if (!own_fields_.empty()) out_ += "," + own_fields_ + "=function(){" + fields + "}";
    out_ += "," + constructor(node, {}) + ")";
  } else {
    out_ += constructor(node, fields);
  }
  out_ += "," + base + ",{";
  members(node, false);
  out_ += "},{";
  members(node, true);
  out_ += "}";
  // The class has no name outside of itself before it is whole.
  if (!statics.empty()) out_ += ",function(" + name + "){" + statics + "}";
  out_ += ")";
  if (node.statement) out_ += ";";
  super_ = outer;
  own_fields_ = outer_fields;
  static_ = outer_static;
}

// `arguments`: an array. A class has its fields once its parent has made it.
std::string Emitter::super_call(const std::string& arguments) const {
  const std::string made = "$super(" + super_ + ",this," + arguments + ")";
  return own_fields_.empty() ? made : "(" + made + "," + own_fields_ + ".call(this))";
}

// Assignments to `this`, of objects or of the class itself.
std::string Emitter::fields_of(const Node& node, bool of_class) {
  std::string fields;
  static_ = of_class;
  for (std::size_t i = 2; i < node.kids.size(); ++i) {
    const Node& member = *node.kids[i];
    const Node* value = member.kids[0];
    if (member.is_method || member.is_static != of_class) continue;
    const auto [start, end] = member.chunks[0];
    const std::string key(tree_.source.substr(start, end - start));
    const bool named = is_name_character(key[0]) && (key[0] < '0' || key[0] > '9');
    fields +=
        "this" + (named ? "." + key : "[" + key + "]") + "=" + (value == nullptr ? "void 0" : text_of(*value)) + ";";
  }
  static_ = false;
  return fields;
}

std::string Emitter::constructor(const Node& node, const std::string& fields) {
  const std::string name = node.text;
  for (std::size_t i = 2; i < node.kids.size(); ++i) {
    const Node& member = *node.kids[i];
    const auto [start, end] = member.chunks[0];
    if (member.is_static || !member.text.empty() || tree_.source.substr(start, end - start) != "constructor") continue;
    std::string text = text_of(*member.kids[0]);
    text.insert(text.find('{') + 1, fields);
    return "function " + name + text;
  }
  const std::string pass = node.kids[1] == nullptr ? "" : super_call("arguments") + ";";
  return "function " + name + "(){" + pass + fields + "}";
}

void Emitter::members(const Node& node, bool of_class) {
  bool first = true;
  static_ = of_class;
  for (std::size_t i = 2; i < node.kids.size(); ++i) {
    const Node& member = *node.kids[i];
    const Node* value = member.kids[0];
    if (!member.is_method) continue;
    const auto [start, end] = member.chunks[0];
    const std::string key(tree_.source.substr(start, end - start));
    if (member.is_static != of_class || (key == "constructor" && !of_class && member.text.empty())) continue;
    if (!first) out_ += ",";
    first = false;
    out_ += member.text.empty() ? key + ":function" : member.text + " " + key;
    emit(*value);
  }
  static_ = false;
}

}  // namespace afferent::codec_host
