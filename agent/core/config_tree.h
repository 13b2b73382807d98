// Configuration as a checked tree, and the tables that say what is allowed in it. `agent/config` turns a file into a
// tree and checks it; drivers and rules only publish their tables and read values that cannot be wrong any more. Value
// types.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "agent/core/result.h"

namespace afferent::core {

// Where in a file something stands; line 0 is unknown (a default).
struct Source {
  std::string file;
  std::uint32_t line = 0;
  std::string text() const { return line == 0 ? file : file + ":" + std::to_string(line); }
};

// The text of a file that only its owner may read. Never shown, and no text: who wants it asks for it by name. Devices
// that name the same file share one copy.
struct Secret {
  std::shared_ptr<const std::string> text;
};

// The text of a file that the configuration names, shared by all that hold it.
struct Contents {
  std::shared_ptr<const std::string> text;
  std::string path = {};  // for messages
};

class ConfigNode {
 public:
  using List = std::vector<ConfigNode>;
  using Table = std::map<std::string, ConfigNode, std::less<>>;
  using Data = std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Table, Secret, Contents>;

  ConfigNode() = default;
  ConfigNode(Data data, Source source) : data_(std::move(data)), source_(std::move(source)) {}

  bool empty() const { return std::holds_alternative<std::monostate>(data_); }
  const Data& data() const { return data_; }
  Data& data() { return data_; }
  const Source& source() const { return source_; }

  // For a table: the member, or an empty node where there is none.
  const ConfigNode& operator[](std::string_view key) const;
  bool has(std::string_view key) const { return !(*this)[key].empty(); }

  // A number is taken for an integer or a real alike; a value of another type or an empty node gives `otherwise`.
  bool boolean(bool otherwise = false) const;
  std::int64_t integer(std::int64_t otherwise = 0) const;
  double real(double otherwise = 0.0) const;
  std::string_view text(std::string_view otherwise = {}) const;  // of a text, and of a file's contents
  std::string_view secret() const;                               // of a secret that has been read; else empty
  const List& list() const;                                      // empty for anything that is not a list
  const Table& table() const;                                    // empty for anything that is not a table

 private:
  Data data_;
  Source source_;
};

enum class FieldType : std::uint8_t {
  boolean,
  integer,
  real,  // an integer is accepted
  text,
  duration,  // text "250 ms", "5 s", "12 h", "1 d", or a number of seconds; checked and handed over as a real, seconds
  list,      // of texts
  reals,     // list of numbers
  table,     // its fields are `items`
  tables,    // list of tables, each with the fields `items`
  secret,    // path of a file that only its owner may read; checked, and handed over as the text in it
  contents,  // path of a text file of at most 4 MB, relative to the file in which it stands; handed over as its text
};

// One key of a table. `items` refers to static data, so that field tables can be constants.
struct ConfigField {
  std::string_view key;
  FieldType type = FieldType::text;
  bool required = false;
  std::string_view standard = {};                             // default as it would be written in the file; empty: none
  double minimum = -std::numeric_limits<double>::infinity();  // of a number, a duration in seconds, or a text's length
  double maximum = std::numeric_limits<double>::infinity();
  std::string_view allowed = {};  // for a text: the values, separated by '|'; empty: any
  std::string_view help = {};     // one sentence, with the unit
  std::span<const ConfigField> items = {};
};

}  // namespace afferent::core
