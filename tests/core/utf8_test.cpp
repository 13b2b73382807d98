#include "agent/core/utf8.h"

#include <doctest/doctest.h>

#include <array>

using namespace afferent;

TEST_CASE("text is cut between characters, and what is none becomes a question mark") {
  CHECK(core::clipped_utf8("m³", 3) == "m³");
  CHECK(core::clipped_utf8("m³", 2) == "m");
  CHECK(core::clipped_utf8("气瓶", 5) == "气");
  CHECK(core::clipped_utf8("\xB3\xB3\xB3", 2).empty());
  CHECK(core::clean_utf8("气\xC6\xF8 m³\xE6\xB0", 99) == "气?? m³??");
  CHECK(core::clean_utf8("气瓶", 4) == "气");
}

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
