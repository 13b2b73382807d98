// Which variable each name means, and what it is called in the result.
#include <map>
#include <set>

#include "tools/codec/parser.h"

namespace afferent::codec_host {
namespace {

class Resolver {
 public:
  explicit Resolver(Tree& tree) : tree_(tree) {}

  void run() {
    for (Scope& scope : tree_.scopes) {
      for (auto& [name, binding] : scope.names) ++declared_[name];
    }
    for (Node* name : tree_.names) {
      taken_.insert(name->text);
      bind(*name);
    }
    for (Scope& scope : tree_.scopes) {
      for (auto& [name, binding] : scope.names) place(scope, binding);
    }
  }

 private:
  void bind(Node& name) {
    bool crossed = false;
    for (Scope* scope = name.scope; scope != nullptr; scope = scope->parent) {
      const auto found = scope->names.find(name.text);
      if (found != scope->names.end()) {
        name.binding = &found->second;
        found->second.captured = found->second.captured || crossed;
        return;
      }
      crossed = crossed || scope->function;
    }
    free_.insert(name.text);
  }

  // A function keeps the variable of its round of a loop only if that is a variable of its own.
  void place(const Scope& scope, Binding& binding) {
    if (!binding.block) return;
    if (scope.in_loop && binding.captured) {
      binding.copied = true;
      binding.loop = fresh(binding.name);
      return;
    }
    if (declared_[binding.name] > 1 || free_.contains(binding.name)) binding.out = fresh(binding.name);
  }

  std::string fresh(const std::string& name) {
    std::string made;
    do {
      made = name + "$" + std::to_string(++last_);
    } while (taken_.contains(made));
    return made;
  }

  Tree& tree_;
  std::map<std::string, int> declared_;
  std::set<std::string> free_;
  std::set<std::string> taken_;
  int last_ = 0;
};

}  // namespace

void resolve(Tree& tree) { Resolver(tree).run(); }

}  // namespace afferent::codec_host
