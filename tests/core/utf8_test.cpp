#include "agent/core/utf8.h"

#include <doctest/doctest.h>

#include <array>

using namespace afferent;

TEST_CASE("text that is not UTF-8 is told from text that is") {
  for (const char* good : {"", "plain", "气瓶", "m³", "\xF0\x9F\x8C\x8A", "\xEF\xBF\xBD"}) {
    CAPTURE(good);
    CHECK(core::is_utf8(good));
  }
  const std::array bad{
      "\xC6\xF8\xC6\xBF",  // GBK
      "\x80",              // no beginning
      "\xE6\xB0",          // cut off
      "\xC0\xAF",          // longer than needed
      "\xE0\x80\xAF",
      "\xED\xA0\x80",      // a surrogate
      "\xF4\x90\x80\x80",  // beyond the last
      "\xF8\x88\x80\x80\x80",
      "a\xFFz",
  };
  for (const char* text : bad) {
    CAPTURE(text);
    CHECK_FALSE(core::is_utf8(text));
  }
}
