#include "tools/codec/lower.h"

#include <algorithm>

#include "tools/codec/emitter.h"
#include "tools/codec/lexer.h"
#include "tools/codec/parser.h"

namespace afferent::codec_host {

namespace {

// `#x` of a class becomes `$x`, which is as long; empty: there is none.
std::string without_private_names(std::string_view source) {
  if (source.find('#') == source.npos) return {};
  std::string text;
  const std::vector<Token> tokens = tokens_of(source);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.kind != Token::Kind::name || source[token.start] != '#') continue;
    const Token& next = tokens[std::min(i + 1, tokens.size() - 1)];
    if (source.substr(next.start, next.end - next.start) == "in")
      throw Trouble(token.line, "`in` with a private member is not supported", true);
    if (text.empty()) text = source;
    text[token.start] = '$';
  }
  return text;
}

}  // namespace

Lowered lower(std::string_view source) {
  try {
    const std::string renamed = without_private_names(source);
    if (!renamed.empty()) source = renamed;
    Tree tree = Parser(source).parse();
    if (!tree.newer) return {std::string(source), {}, false};
    resolve(tree);
    return {Emitter(tree).run(), {}, false};
  } catch (const Trouble& trouble) {
    return {{}, trouble.what(), trouble.refused};
  }
}

}  // namespace afferent::codec_host
