#include "tools/codec/lower.h"

#include "tools/codec/emitter.h"
#include "tools/codec/parser.h"

namespace afferent::codec_host {

Lowered lower(std::string_view source) {
  try {
    Tree tree = Parser(source).parse();
    if (!tree.newer) return {std::string(source), {}, false};
    resolve(tree);
    return {Emitter(tree).run(), {}, false};
  } catch (const Trouble& trouble) {
    return {{}, trouble.what(), trouble.refused};
  }
}

}  // namespace afferent::codec_host
