// A script as the lowering pass sees it: tokens, and a tree that is only as fine as needed to rewrite some places and
// copy all else. Positions are bytes of the source. Value types, owned by Tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace afferent::codec_host {

struct Token {
  enum class Kind : std::uint8_t {
    end,
    name,
    number,
    string,
    regex,
    punct,
    whole_template,   // `...`
    template_head,    // `...${
    template_middle,  // }...${
    template_tail,    // }...`
  };
  Kind kind = Kind::end;
  bool newline_before = false;
  std::size_t start = 0;
  std::size_t end = 0;
  std::uint32_t line = 1;
  std::size_t partner = 0;  // of a bracket: the token that closes it
};

struct Node;
struct Scope;

struct Binding {
  std::string name;
  std::string out;        // what it is called in the result
  std::string loop;       // of the head of a for loop that is copied for each round: its name outside of the body
  bool block = false;     // let, const or class in a block: must not be seen outside of it
  bool captured = false;  // by a function within its scope
  bool copied = false;    // a new variable for each round of a loop
  bool assigned = false;
};

struct Scope {
  Scope* parent = nullptr;
  bool function = false;
  bool in_loop = false;
  Node* owner = nullptr;
  std::map<std::string, Binding, std::less<>> names;
};

struct Node {
  enum class Kind : std::uint8_t {
    plain,        // copied, with its kids rewritten
    name,         // an identifier, as a value or a target
    this_,        // `this`
    super_,       // `super`
    private_,     // `#x` in front of `in`
    number,       // of a form that ES5 lacks
    regex,        // with such flags or escapes
    template_,    // kids: the expressions; `chunks` the texts
    function_,    // kids: parameters..., body
    arrow,        // the same; body may be an expression
    class_,       // kids: parent or null, members...
    member_,      // of a class: method (kid: function) or field (kid: value or null)
    object,       // kids: properties
    property,     // key: value. kids: computed key or null, value
    shorthand,    // {a} or {a = 1}. kids: name, default or null
    method,       // kids: computed key or null, function
    array,        // kids: elements, null for a hole
    spread,       // kid
    assign,       // = with a pattern, or ??= ||= &&=. kids: target, value
    nullish,      // kids: operands of ??
    chain,        // kids: base, then dot, index and call
    dot,          // .name
    index,        // [kid]
    call,         // (kids)
    new_,         // kids: callee, call or none
    declaration,  // kids: declarators
    declarator,   // kids: target, value or null
    block,
    for_,    // kids: init, test, update (each may be null), body
    for_in,  // kids: head, object, body
    for_of,  // kids: head, list, body
    switch_,
    catch_,   // kids: parameter or null, block
    dropped,  // `export`: nothing is left of it but its kid, if any
  };
  Kind kind = Kind::plain;
  bool semicolon = false;  // one is to be added behind
  bool optional = false;   // dot, index, call: ?.
  bool let = false;        // declaration: let or const
  bool expression_body = false;
  bool uses_this = false;        // arrow
  bool keeps_arguments = false;  // function: an arrow within wants its `arguments`
  bool is_static = false;        // member of a class
  bool is_method = false;        // member of a class: else a field; method of an object: else get or set
  bool statement = false;        // class, function: as a declaration
  std::uint32_t line = 1;
  std::size_t start = 0;
  std::size_t end = 0;
  std::size_t mark = 0;    // function: where the parameter list begins; property, member: where the key ends; call:
                           // the comma behind the last argument
  Scope* scope = nullptr;  // which it opens; of a name: in which it stands
  Binding* binding = nullptr;
  std::string text;  // name; operator of an assignment; class: its name; property: kPrototype or nothing
  std::vector<Node*> kids;
  std::vector<std::pair<std::size_t, std::size_t>> chunks;
};

inline constexpr std::string_view kPrototype = "__proto__";  // key, and `text`, of a property that sets it

struct Tree {
  std::string_view source;
  std::deque<Node> nodes;
  std::deque<Scope> scopes;
  Node* program = nullptr;
  bool newer = false;        // something is not ES5
  std::vector<Node*> names;  // all identifiers

  std::string_view text(const Node& node) const { return source.substr(node.start, node.end - node.start); }
};

// super.name, super[key]: what of a parent is no call.
inline bool is_super_member(const Node& node) {
  return node.kind == Node::Kind::chain && node.kids.size() == 2 && node.kids[0]->kind == Node::Kind::super_ &&
         node.kids[1]->kind != Node::Kind::call;
}

// Thrown within the lowering pass only; lower() catches it.
struct Trouble : std::runtime_error {
  Trouble(std::uint32_t at, const std::string& why, bool not_supported)
      : std::runtime_error("line " + std::to_string(at) + ": " + why), refused(not_supported) {}
  bool refused;  // known syntax that cannot be lowered; else no syntax at all
};

}  // namespace afferent::codec_host
