// Classes: a function with a prototype. Private members have names that no other class has and that no script sees.
#include <algorithm>
#include <array>
#include <utility>

#include "tools/codec/emitter.h"
#include "tools/codec/lexer.h"

namespace afferent::codec_host {
namespace {

using Kind = Node::Kind;

// Their constructors make an object of their own, which in ES5 no other class's can be.
constexpr std::array<std::string_view, 23> kNoParents{
    "Array",      "ArrayBuffer",  "BigInt",     "Boolean",      "Buffer",
    "DataView",   "Date",         "Function",   "Number",       "Promise",
    "Proxy",      "RegExp",       "String",     "Symbol",       "Int8Array",
    "Uint8Array", "Float32Array", "Int16Array", "Float64Array", "Uint8ClampedArray",
    "Int32Array", "Uint16Array",  "Uint32Array"};

std::string key_of(const Tree& tree, const Node& member) {
  const auto [start, end] = member.chunks[0];
  return std::string(tree.source.substr(start, end - start));
}

bool is_constructor(const Tree& tree, const Node& member) {
  return member.is_method && !member.is_static && member.text.empty() && key_of(tree, member) == "constructor";
}

// Whether kid `i` is a field that stands in a row with `first`.
bool goes_on(const Node& node, std::size_t i, const Node& first) {
  return i < node.kids.size() && !node.kids[i]->is_method && node.kids[i]->is_static == first.is_static;
}

// How many rows of fields that objects have there are between the other members.
std::size_t runs_of_fields(const Node& node) {
  std::size_t runs = 0;
  for (std::size_t i = 2; i < node.kids.size(); ++i) {
    const Node& member = *node.kids[i];
    const bool first = i == 2 || !goes_on(node, i - 1, member);
    if (first && !member.is_method && !member.is_static) ++runs;
  }
  return runs;
}

}  // namespace

void Emitter::check_parent(const Node& parent) const {
  const bool native = parent.kind == Kind::name && parent.binding == nullptr &&
                      std::find(kNoParents.begin(), kNoParents.end(), parent.text) != kNoParents.end();
  if (native) refuse(parent, "`extends " + parent.text + "` is");
}

// kids of a class: its name or null, its parent or null, the members.
void Emitter::class_expression(const Node& node) {
  Pace pace{out_.size(), node.start};
  const Node* parent = node.kids[1];
  const std::string outer = super_;
  const std::string outer_fields = std::exchange(own_fields_, {});
  const bool outer_static = static_;
  const std::string name = node.kids[0] == nullptr ? "" : text_of(*node.kids[0]);
  const bool expression = !node.statement && !name.empty();
  if (expression) variables_.back().push_back(name);
  if (!name.empty()) out_ += (expression ? "(" : "var ") + name + "=";
  out_ += "$es_class(";
  std::string base;
  if (parent != nullptr) {
    check_parent(*parent);
    base = temporary();
    out_ += base + "=";
    emit(*parent);
  } else {
    out_ += "null";
  }
  super_ = base;
  static_ = false;
  classes_.push_back(&node);
  out_ += ",[";
  class_body(node, name, pace);
  out_ += "])";
  classes_.pop_back();
  if (expression) out_ += ")";
  if (node.statement) out_ += ";";
  super_ = outer;
  own_fields_ = outer_fields;
  static_ = outer_static;
}

// What belongs to a class: kind, name and function of each, in the order of the source.
void Emitter::class_body(const Node& node, const std::string& name, Pace pace) {
  const bool inherits = node.kids[1] != nullptr;
  const bool constructs =
      std::any_of(node.kids.begin() + 2, node.kids.end(), [this](const Node* m) { return is_constructor(tree_, *m); });
  std::vector<std::string> places;
  const std::size_t runs = runs_of_fields(node);
  // Fields have functions of their own, so that they do not see the constructor's names.
  const bool within = !constructs && !inherits && runs == 1;
  for (std::size_t i = 0; i < runs && !within; ++i) {
    places.push_back(temporary());
    own_fields_ += (i == 0 ? "" : ",") + places.back() + ".call(this)";
  }
  if (!constructs && !within)
    out_ += "6,0,function " + node.text + "(){" + (inherits ? super_call("arguments") : own_fields_) + "}";
  auto place = places.begin();
  for (std::size_t i = 2; i < node.kids.size();) {
    const Node& first = *node.kids[i];
    if (out_.back() != '[') out_ += ",";
    keep_pace(pace, first.start);
    if (first.is_method) {
      member(first, node);
      ++i;
      continue;
    }
    static_ = first.is_static;
    out_ += static_  ? "7,0,function(" + name
            : within ? "6,0,function " + node.text + "("
                     : "8,0," + *place++ + "=function(";
    out_ += "){";
    for (; goes_on(node, i, first); ++i) {
      keep_pace(pace, node.kids[i]->start);
      field(*node.kids[i], inherits);
    }
    out_ += "}";
    static_ = false;
  }
}

// `arguments`: an array. A class has its fields once its parent has made it.
std::string Emitter::super_call(const std::string& arguments) const {
  const std::string made = "$es_super(" + super_ + ",this," + arguments + ")";
  return own_fields_.empty() ? made : "(" + made + "," + own_fields_ + ")";
}

// An assignment to `this`, which is an object or the class itself.
void Emitter::field(const Node& member, bool inherits) {
  const std::string key = key_of(tree_, member);
  const bool hidden = key[0] == '#';
  if (hidden || inherits)
    out_ += (hidden ? "$es_hide(this," : "$es_field(this,") + quoted_key(member) + ",";
  else
    out_ += "this[" + quoted_key(member) + "]=";
  member.kids[0] == nullptr ? void(out_ += "void 0") : emit(*member.kids[0]);
  out_ += hidden || inherits ? ");" : ";";
}

void Emitter::member(const Node& member, const Node& of) {
  if (is_constructor(tree_, member)) {
    std::string text = text_of(*member.kids[0]);
    if (of.kids[1] == nullptr && !own_fields_.empty()) text.insert(text.find('{') + 1, own_fields_ + ";");
    out_ += "6,0,function " + of.text + text;
    return;
  }
  const int kind = (member.is_static ? 3 : 0) + (member.text == "get" ? 1 : member.text == "set" ? 2 : 0);
  out_ += std::to_string(kind) + "," + quoted_key(member) + ",function";
  static_ = member.is_static;
  emit(*member.kids[0]);
  static_ = false;
}

// A literal that is the member's name.
std::string Emitter::quoted_key(const Node& member) const {
  const std::string key = key_of(tree_, member);
  if (key[0] == '#') return private_key(member, key);
  const bool named = is_name_character(key[0]) && (key[0] < '0' || key[0] > '9');
  return named ? "\"" + key + "\"" : key;
}

// As a string: "#x@12" for the `#x` of the class at byte 12.
std::string Emitter::private_key(const Node& node, const std::string& name) const {
  const auto declares = [this, &name](const Node* one) {
    return std::any_of(one->kids.begin() + 2, one->kids.end(),
                       [&](const Node* member) { return key_of(tree_, *member) == name; });
  };
  const auto found = std::find_if(classes_.rbegin(), classes_.rend(), declares);
  if (found == classes_.rend()) throw Trouble(node.line, "no class around has a private member '" + name + "'", false);
  return "\"" + name + "@" + std::to_string((*found)->start) + "\"";
}

}  // namespace afferent::codec_host
