// Makes ES5 of the later syntax that codecs use: let and const, arrow functions, template strings, destructuring,
// default and rest parameters, spread, for-of, optional chaining, classes. What is ES5 already comes back as it is,
// lines keep their numbers. Pure function.
#pragma once

#include <string>
#include <string_view>

namespace afferent::codec_host {

struct Lowered {
  std::string text;
  std::string trouble;   // "line N: ..."; empty: `text` is the result
  bool refused = false;  // trouble: JavaScript that is not supported here; else it could not be understood at all
};

Lowered lower(std::string_view source);

}  // namespace afferent::codec_host
