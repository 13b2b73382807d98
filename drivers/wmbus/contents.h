// What a CI field announces: which header follows and what stands behind it (EN 13757-7, table 2). Static data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace afferent::drivers::wmbus {

enum class Head : std::uint8_t { none, short_one, long_one };

enum class Content : std::uint8_t {
  records,
  compact,  // values alone, of a format that was sent before
  format,   // the format alone
  error,    // application error
  nothing,  // a transport layer without data
  command,  // to a meter
  maker,    // the maker's own
  not_understood
};

struct ContentKind {
  std::uint8_t first;
  std::uint8_t last;
  Head head;
  Content content;
  std::string_view name;
};

const ContentKind& content_of(std::uint8_t ci);
std::size_t size_of(Head head);

}  // namespace afferent::drivers::wmbus
