// Regular expressions: what the engine does not know of them is refused here, or rewritten by the emitter.
#include "tools/codec/parser.h"
#include "tools/codec/regex_escapes.h"

namespace afferent::codec_host {

using Kind = Node::Kind;

Node* Parser::regex() {
  const std::string_view all = text(now());
  const std::string_view flags = all.substr(all.rfind('/') + 1);
  if (flags.find_first_of("ydv") != flags.npos) refuse("the flags y, d and v of regular expressions are");
  const std::size_t groups = groups_in(all);
  bool old = false;
  bool in_class = false;
  for (std::size_t i = 1; i + flags.size() + 1 < all.size(); ++i) {
    const std::string_view rest = all.substr(i);
    if (!in_class && rest.starts_with("(?<")) refuse("named groups and lookbehind in regular expressions are");
    const bool wide = rest.starts_with("\\u{") || rest.starts_with("\\p{") || rest.starts_with("\\P{");
    if (wide && flags.find('u') != flags.npos) refuse("\\u{} and \\p{} in regular expressions are");
    old = old || old_escape(rest, in_class, groups).length > 0;
    if (rest[0] == '\\') ++i;
    if (rest[0] == '[') in_class = true;
    if (rest[0] == ']') in_class = false;
  }
  const bool rewritten = old || flags.find_first_of("us") != flags.npos;
  Node* node = make(rewritten ? Kind::regex : Kind::plain, now().start);
  if (rewritten) newer(node);
  next();
  return finish(node);
}

}  // namespace afferent::codec_host
