// Counts how deeply the parser has nested, so that no script can exhaust the stack. Throws Trouble.
#pragma once

#include "tools/codec/parser.h"

namespace afferent::codec_host {

class Parser::Depth {
 public:
  explicit Depth(Parser& parser) : parser_(parser) {
    if (++parser_.depth_ > kMost) throw Trouble(parser_.now().line, "nested too deeply", false);
  }
  ~Depth() { --parser_.depth_; }
  Depth(const Depth&) = delete;
  Depth& operator=(const Depth&) = delete;

 private:
  static constexpr std::size_t kMost = 400;
  Parser& parser_;
};

}  // namespace afferent::codec_host
