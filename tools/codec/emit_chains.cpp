// a.b[c](d): members and calls, with what later editions added to them.
#include <algorithm>

#include "tools/codec/emitter.h"

namespace afferent::codec_host {
namespace {

using Kind = Node::Kind;

bool has_spread(const Node& call) {
  return std::any_of(call.kids.begin(), call.kids.end(), [](const Node* kid) { return kid->kind == Kind::spread; });
}

bool is_special(const Node& step) { return step.optional || (step.kind == Kind::call && has_spread(step)); }

}  // namespace

void Emitter::chain(const Node& node) {
  if (node.kids[0]->kind == Kind::super_ && super_chain(node)) return;
  const bool special =
      std::any_of(node.kids.begin() + 1, node.kids.end(), [](const Node* kid) { return is_special(*kid); });
  special ? composed_chain(node) : plain(node);
}

// A comma behind the last argument is not ES5.
void Emitter::call(const Node& node) {
  std::size_t at = node.start;
  for (const Node* kid : node.kids) {
    copy(at, kid->start);
    emit(*kid);
    at = kid->end;
  }
  if (node.mark > 0) {
    copy(at, node.mark);
    at = node.mark + 1;
  }
  copy(at, node.end);
}

std::string Emitter::arguments(const Node& call) {
  std::string text;
  for (const Node* kid : call.kids) text += (text.empty() ? "" : ",") + text_of(*kid);
  return text;
}

std::string Emitter::step(const Node& node) {
  switch (node.kind) {
    case Kind::dot: return node.text[0] == '#' ? "[" + private_key(node, node.text) + "]" : "." + node.text;
    case Kind::index: return "[" + text_of(*node.kids[0]) + "]";
    default: return "(" + arguments(node) + ")";
  }
}

void Emitter::dot(const Node& node) { node.text[0] == '#' ? void(out_ += step(node)) : plain(node); }

// Where a member of the parent is looked up, and its name.
std::string Emitter::super_place(const Node& step) {
  if (super_.empty()) refuse(step, "`super` outside of a class with a parent is");
  if (step.text.starts_with('#')) throw Trouble(step.line, "unexpected '" + step.text + "'", false);
  const std::string key = step.kind == Kind::dot ? "\"" + step.text + "\"" : "(" + text_of(*step.kids[0]) + ")";
  return super_ + (static_ ? "," : ".prototype,") + key;
}

// super.a = b, super.a += b: the parent's setter with this object, else a member of this object itself.
void Emitter::super_assign(const Node& node) {
  const Node& step = *node.kids[0]->kids[1];
  const std::string sign = node.text.substr(0, node.text.size() - 1);
  if (sign == "&&" || sign == "||" || sign == "??") refuse(node, "`" + node.text + "` with `super` is");
  std::string place = super_place(step);
  if (sign.empty()) {
    out_ += "$es_set(" + place + ",this," + text_of(*node.kids[1]) + ")";
    return;
  }
  std::string before;
  if (step.kind != Kind::dot) {
    const std::string key = temporary();
    const std::size_t comma = place.find(',');
    before = key + "=" + place.substr(comma + 1) + ",";
    place = place.substr(0, comma + 1) + key;
  }
  out_ += "(" + before + "$es_set(" + place + ",this,$es_get(" + place + ",this)" + sign + "(" +
          text_of(*node.kids[1]) + ")))";
}

bool Emitter::super_chain(const Node& node) {
  if (super_.empty()) refuse(node, "`super` outside of a class with a parent is");
  const Node& first = *node.kids[1];
  std::string text;
  std::size_t next = 2;
  if (first.kind == Kind::call) {
    text = super_call(has_spread(first) ? list_of(first.kids) : "[" + arguments(first) + "]");
  } else {
    text = super_get(first);
    if (node.kids.size() > 2 && node.kids[2]->kind == Kind::call) {
      const Node& call = *node.kids[2];
      if (has_spread(call))
        text += ".apply(this," + list_of(call.kids) + ")";
      else
        text += ".call(this" + (call.kids.empty() ? std::string() : "," + arguments(call)) + ")";
      next = 3;
    }
  }
  for (; next < node.kids.size(); ++next) {
    if (is_special(*node.kids[next])) refuse(node, "`super` together with `...` or `?.` is");
    text += step(*node.kids[next]);
  }
  out_ += text;
  return true;
}

// `value` is the chain so far, `object` that of which `value` is a member: a call needs it as `this`.
void Emitter::composed_chain(const Node& node) {
  std::string value = text_of(*node.kids[0]);
  if (node.kids[0]->kind == Kind::arrow || node.kids[0]->kind == Kind::function_) value = "(" + value + ")";
  std::string tests;
  std::string object;
  for (std::size_t i = 1; i < node.kids.size(); ++i) {
    const Node& one = *node.kids[i];
    const bool called = one.kind == Kind::call;
    const bool special_call_follows =
        i + 1 < node.kids.size() && node.kids[i + 1]->kind == Kind::call && is_special(*node.kids[i + 1]);
    if (one.optional) {
      const std::string kept = temporary();
      tests += "(" + kept + "=" + value + ")===null||" + kept + "===void 0?void 0:";
      value = kept;
    }
    if (special_call_follows && !called) {
      const std::string kept = temporary();
      value = "(" + kept + "=" + value + ")" + step(one);
      object = kept;
      continue;
    }
    if (called && has_spread(one)) {
      value += ".apply(" + (object.empty() ? "void 0" : object) + "," + list_of(one.kids) + ")";
    } else if (called && one.optional && !object.empty()) {
      value += ".call(" + object + (one.kids.empty() ? "" : ",") + arguments(one) + ")";
    } else {
      value += step(one);
    }
    object.clear();
  }
  out_ += "(" + tests + value + ")";
}

}  // namespace afferent::codec_host
