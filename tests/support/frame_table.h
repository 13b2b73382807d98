// Tables of golden frames: columns between `|`, the last of them what is read, between `;`: readings, `none`, and
// `reject: why` (a part of it is enough).
#pragma once

#include <doctest/doctest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/support/fakes.h"

namespace afferent::test {

inline std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  return first == text.npos ? std::string() : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

inline std::vector<std::string> split(const std::string& text, char mark) {
  std::vector<std::string> parts;
  std::size_t from = 0;
  for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark, from)) {
    parts.push_back(trimmed(text.substr(from, at - from)));
    from = at + 1;
  }
  parts.push_back(trimmed(text.substr(from)));
  return parts;
}

// Each line that is no comment, in its columns.
inline std::vector<std::vector<std::string>> rows_of(const std::string& path, std::size_t columns) {
  std::ifstream file(path);
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    rows.push_back(split(line, '|'));
    REQUIRE_MESSAGE(rows.back().size() == columns, line);
  }
  REQUIRE_MESSAGE(rows.size() >= 10, path);
  return rows;
}

struct Expected {
  std::vector<std::string> readings;
  std::vector<std::string> rejects;
};

inline Expected expected_of(const std::string& column) {
  Expected expected;
  for (const std::string& part : split(column, ';')) {
    if (part.starts_with("reject: ")) {
      expected.rejects.push_back(part.substr(8));
    } else if (part != "none") {
      expected.readings.push_back(part);
    }
  }
  return expected;
}

inline void check_rejects(const Expected& expected, const RecordingSink& sink) {
  REQUIRE(sink.rejects.size() == expected.rejects.size());
  for (std::size_t i = 0; i < expected.rejects.size(); ++i) {
    CHECK_MESSAGE(sink.rejects[i].why.find(expected.rejects[i]) != std::string::npos, sink.rejects[i].why);
  }
}

}  // namespace afferent::test
