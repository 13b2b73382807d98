#include <algorithm>
#include <utility>

#include "tools/codec/emitter.h"
#include "tools/codec/regex_escapes.h"

namespace afferent::codec_host {

using Kind = Node::Kind;

static bool sets_prototype(const Node* node) { return node->kind == Kind::property && node->text == kPrototype; }

// A BigInt may stand where a script never comes; reached, it is an error.
void Emitter::number(const Node& node) {
  const std::string_view digits = tree_.text(node);
  if (digits.ends_with('n')) {
    out_ += "$es_bigint('" + std::string(digits) + "')";
    return;
  }
  for (const char c : digits) {
    if (c != '_') out_ += c;
  }
}

// The flag u makes no difference to what is left of it here; s makes a dot mean line ends too.
void Emitter::regex(const Node& node) {
  const std::string_view all = tree_.text(node);
  const std::size_t end = all.rfind('/');
  const bool dots = all.find('s', end) != all.npos;
  const std::size_t groups = groups_in(all);
  bool in_class = false;
  for (std::size_t i = 0; i < end; ++i) {
    const char c = all[i];
    if (const OldEscape old = old_escape(all.substr(i, end - i), in_class, groups); old.length > 0) {
      out_ += old.text;
      i += old.length - 1;
      continue;
    }
    if (c == '[') in_class = true;
    if (c == ']') in_class = false;
    if (c == '.' && dots && !in_class) {
      out_ += "[\\s\\S]";
      continue;
    }
    out_ += c;
    if (c == '\\' && i + 1 < end) out_ += all[++i];
  }
  for (const char c : all.substr(end)) {
    if (c != 'u' && c != 's') out_ += c;
  }
}

void Emitter::super(const Node& node) { refuse(node, "`super` outside of a class or as a value is"); }

void Emitter::spread(const Node& node) { refuse(node, "`...` here is"); }

// One text of a template as a string: what stands there literally in a template must be escaped in quotes.
std::string Emitter::chunk(std::pair<std::size_t, std::size_t> range) const {
  const std::string_view raw = tree_.source.substr(range.first, range.second - range.first);
  std::string text = "\"";
  for (std::size_t i = 0; i < raw.size(); ++i) {
    const char c = raw[i];
    if (c == '\\' && i + 1 < raw.size()) {
      ++i;
      if (raw[i] == '\n') continue;  // a line that goes on
      if (raw[i] != '`' && raw[i] != '$' && raw[i] != '{') text += '\\';
      text += raw[i];
    } else if (c == '\n') {
      text += "\\n";
    } else if (c == '"') {
      text += "\\\"";
    } else if (c != '\r') {
      text += c;
    }
  }
  return text + "\"";
}

void Emitter::template_string(const Node& node) {
  out_ += "(" + chunk(node.chunks[0]);
  if (!node.kids.empty()) {
    out_ += ".concat(";
    for (std::size_t i = 0; i < node.kids.size(); ++i) {
      if (i > 0) out_ += ",";
      out_ += "(";
      emit(*node.kids[i]);
      out_ += ")";
      const auto& [from, to] = node.chunks[i + 1];
      if (to > from) out_ += "," + chunk(node.chunks[i + 1]);
    }
    out_ += ")";
  }
  out_ += ")";
}

void Emitter::array(const Node& node) {
  const bool spreads = std::any_of(node.kids.begin(), node.kids.end(),
                                   [](const Node* kid) { return kid != nullptr && kid->kind == Kind::spread; });
  spreads ? void(out_ += list_of(node.kids)) : plain(node);
}

std::string Emitter::list_of(const std::vector<Node*>& kids) {
  std::string text = "[].concat(";
  bool first = true;
  for (const Node* kid : kids) {
    if (!first) text += ",";
    first = false;
    if (kid == nullptr)
      text += "[void 0]";
    else if (kid->kind == Kind::spread)
      text += "$es_spread(" + text_of(*kid->kids[0]) + ")";
    else
      text += "[" + text_of(*kid) + "]";
  }
  return text + ")";
}

void Emitter::object(const Node& node) {
  const auto& kids = node.kids;
  const bool spreads = std::any_of(kids.begin(), kids.end(), [](const Node* kid) { return kid->kind == Kind::spread; });
  const bool inherits = std::any_of(kids.begin(), kids.end(), &sets_prototype);
  if (inherits) out_ += "$es_proto(";
  spreads ? object_with_spreads(node) : plain(node);
  if (inherits) out_ += ")";
}

// $es_object takes turns: members that are written out, an object that is spread, ...
void Emitter::object_with_spreads(const Node& node) {
  Pace pace{out_.size(), node.start};
  out_ += "$es_object({";
  bool inside = true;
  bool first = true;
  for (const Node* kid : node.kids) {
    if (kid->kind == Kind::spread) {
      out_ += inside ? "}," : ",{},";
      keep_pace(pace, kid->start);
      emit(*kid->kids[0]);
      inside = false;
      continue;
    }
    if (!inside)
      out_ += ",{";
    else if (!first && out_.back() != '{')
      out_ += ",";
    inside = true;
    first = false;
    keep_pace(pace, kid->start);
    emit(*kid);
  }
  out_ += inside ? "})" : ")";
}

// Duktape takes __proto__ for a member like any other.
void Emitter::property(const Node& node) {
  if (!sets_prototype(&node)) return plain(node);
  out_ += "\"$es_proto\"";
  copy(node.mark, node.kids[1]->start);
  emit(*node.kids[1]);
}

void Emitter::shorthand(const Node& node) {
  if (node.kids[1] != nullptr) throw Trouble(node.line, "unexpected '='", false);
  out_ += node.kids[0]->text + ": ";
  emit(*node.kids[0]);
}

// Duktape knows methods in objects, but not with computed names or reserved words for names.
void Emitter::method(const Node& node) {
  const Node& function = *node.kids[1];
  std::size_t at = node.start;
  if (const Node* key = node.kids[0]; key != nullptr) {
    copy(at, key->start);
    emit(*key);
    at = key->end;
  }
  copy(at, function.start);
  if (node.is_method) out_ += ":function";
  // An object has a parent of its own.
  const std::string outer = std::exchange(super_, {});
  emit(function);
  super_ = outer;
}

void Emitter::nullish(const Node& node) {
  std::string closing;
  for (std::size_t i = 0; i + 1 < node.kids.size(); ++i) {
    const std::string kept = temporary();
    out_ += "((" + kept + "=(";
    emit(*node.kids[i]);
    out_ += "))!==null&&" + kept + "!==void 0?" + kept + ":";
    closing += ")";
  }
  out_ += "(";
  emit(*node.kids.back());
  out_ += ")" + closing;
}

// Written as a call, which `new` would take for its own.
static bool becomes_call(const Node& callee) {
  const Node& base = callee.kind == Kind::chain ? *callee.kids[0] : callee;
  return base.kind == Kind::class_ || base.kind == Kind::object || base.kind == Kind::array;
}

void Emitter::new_expression(const Node& node) {
  const Node* call = node.kids[1];
  const bool spreads = call != nullptr && std::any_of(call->kids.begin(), call->kids.end(),
                                                      [](const Node* kid) { return kid->kind == Kind::spread; });
  if (!spreads && !becomes_call(*node.kids[0])) return plain(node);
  if (!spreads) {
    out_ += "new(" + text_of(*node.kids[0]) + ")";
    if (call != nullptr) emit(*call);
    return;
  }
  out_ += "$es_new(";
  emit(*node.kids[0]);
  out_ += "," + list_of(call->kids) + ")";
}

}  // namespace afferent::codec_host
