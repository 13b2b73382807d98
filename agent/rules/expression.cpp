#include "agent/rules/expression.h"

#include <algorithm>

#include "agent/rules/compare.h"

namespace afferent::rules {
namespace {

Truth negated(Truth truth) {
  if (truth == Truth::unknown) return truth;
  return truth == Truth::yes ? Truth::no : Truth::yes;
}

Truth both(Truth a, Truth b) {
  if (a == Truth::no || b == Truth::no) return Truth::no;
  return a == Truth::yes && b == Truth::yes ? Truth::yes : Truth::unknown;
}

}  // namespace

Truth Expression::judge(const std::vector<Known>& values) const { return judge(nodes_.size() - 1, values); }

Truth Expression::judge(std::size_t at, const std::vector<Known>& values) const {
  const Node& node = nodes_[at];
  switch (node.op) {
    case Op::either: return negated(both(negated(judge(node.left, values)), negated(judge(node.right, values))));
    case Op::both: return both(judge(node.left, values), judge(node.right, values));
    case Op::negation: return negated(judge(node.left, values));
    default: break;
  }
  const Known& value = values[node.left];
  if (value.what == Known::What::nothing) return Truth::unknown;
  const auto truth = [](bool is) { return is ? Truth::yes : Truth::no; };
  if (node.constant.what == Known::What::text)
    return truth((value.text == node.constant.text) == (node.op == Op::equal));
  const double over = excess(value.number, node.constant.number);
  switch (node.op) {
    case Op::less: return truth(over < 0);
    case Op::not_more: return truth(over <= 0);
    case Op::more: return truth(over > 0);
    case Op::not_less: return truth(over >= 0);
    case Op::equal: return truth(over == 0);
    case Op::different: return truth(over != 0);
    default: return truth(value.number != 0.0);
  }
}

}  // namespace afferent::rules
