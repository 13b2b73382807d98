#include "tools/codec/emitter.h"

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
      plain = fresh();
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

void Emitter::body(const Node& function, const std::string& prologue, Pace pace) {
  const Node& body = *function.kids.back();
  out_ += "{" + prologue;
  if (function.expression_body) {
    out_ += "return(";
    keep_pace(pace, body.start);
    emit(body);
    out_ += ");";
  } else {
    keep_pace(pace, body.start);
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
  const Pace pace{out_.size(), node.start};
  std::string prologue;
  const std::string list = parameters(node, prologue);
  copy(node.start, node.mark);
  out_ += list;
  body(node, prologue, pace);
  variables_.pop_back();
}

void Emitter::arrow(const Node& node) {
  variables_.emplace_back();
  const Pace pace{out_.size(), node.start};
  std::string prologue;
  const std::string list = parameters(node, prologue);
  out_ += "(function" + list;
  body(node, prologue, pace);
  out_ += node.uses_this ? ".bind(this))" : ")";
  variables_.pop_back();
}

}  // namespace afferent::codec_host
