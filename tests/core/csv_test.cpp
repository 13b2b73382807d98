#include "agent/core/csv.h"

#include <doctest/doctest.h>

using namespace afferent;
using Cells = std::vector<std::string>;

TEST_CASE("cells are separated by commas, and blanks around them do not count") {
  CHECK(core::csv_cells("a,b,c") == Cells{"a", "b", "c"});
  CHECK(core::csv_cells("  a ,\tb\t, c d  ") == Cells{"a", "b", "c d"});
  CHECK(core::csv_cells("") == Cells{""});
  CHECK(core::csv_cells("   ") == Cells{""});
  CHECK(core::csv_cells(",") == Cells{"", ""});
  CHECK(core::csv_cells("a,,") == Cells{"a", "", ""});
}

TEST_CASE("a cell in quotes keeps its commas and blanks, and a doubled quote is one") {
  CHECK(core::csv_cells(R"("a,b",c)") == Cells{"a,b", "c"});
  CHECK(core::csv_cells(R"( " a " , "" )") == Cells{" a ", ""});
  CHECK(core::csv_cells(R"("say ""hello""",x)") == Cells{"say \"hello\"", "x"});
  CHECK(core::csv_cells(R"("","")") == Cells{"", ""});
  CHECK(core::csv_cells(R"(5" pipe,x)") == Cells{"5\" pipe", "x"});  // no quote at its beginning
}

TEST_CASE("a quote that is left open, or text behind one, loses no further cell") {
  CHECK(core::csv_cells(R"("open,x)") == Cells{"open,x"});
  CHECK(core::csv_cells(R"("a"b,c)") == Cells{"a", "c"});
  CHECK(core::csv_cells("\"") == Cells{""});
  CHECK(core::csv_cells(R"("a"""")") == Cells{"a\"\""});
}

TEST_CASE("lines end with LF or CRLF, the last one with or without") {
  std::string_view rest = "a\r\nb\n\nc";
  CHECK(core::take_line(rest) == "a");
  CHECK(core::take_line(rest) == "b");
  CHECK(core::take_line(rest).empty());
  CHECK(core::take_line(rest) == "c");
  CHECK(rest.empty());
  CHECK(core::take_line(rest).empty());
  std::string_view blank = "\r\n";
  CHECK(core::take_line(blank).empty());
  CHECK(blank.empty());
}

TEST_CASE("cells may stand between semicolons or tabs where the header has no comma") {
  CHECK(core::csv_separator("a,b;c") == ',');
  CHECK(core::csv_separator("a;b\tc") == ';');
  CHECK(core::csv_separator("a\tb") == '\t');
  CHECK(core::csv_separator("a") == ',');
  CHECK(core::csv_cells("a;\"b;c\"; 1,5 ", ';') == Cells{"a", "b;c", "1,5"});
  CHECK(core::csv_cells("a\t\tb", '\t') == Cells{"a", "", "b"});
}

TEST_CASE("a byte order mark is taken off once, and only at the beginning") {
  CHECK(core::without_mark("\xEF\xBB\xBFid") == "id");
  CHECK(core::without_mark("\xEF\xBB\xBF\xEF\xBB\xBFid") == "\xEF\xBB\xBFid");
  CHECK(core::without_mark("i\xEF\xBB\xBF") == "i\xEF\xBB\xBF");
  CHECK(core::without_mark("\xEF\xBB") == "\xEF\xBB");
  CHECK(core::without_mark("").empty());
}
