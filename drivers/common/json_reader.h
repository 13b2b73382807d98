// Reads JSON (RFC 8259) into a tree, within limits of size and depth. Value types, pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/core/result.h"

namespace afferent::drivers {

class Json {
 public:
  enum class Kind : std::uint8_t { null, boolean, number, text, array, object };
  using Member = std::pair<std::string, Json>;

  Kind kind() const { return kind_; }
  bool is(Kind kind) const { return kind_ == kind; }

  // What is not there, or is of another kind, reads as `otherwise`, an empty list or a null.
  bool boolean(bool otherwise = false) const { return is(Kind::boolean) ? number_ != 0.0 : otherwise; }
  double number(double otherwise = 0.0) const { return is(Kind::number) ? number_ : otherwise; }
  std::string_view text(std::string_view otherwise = {}) const { return is(Kind::text) ? text_ : otherwise; }
  const std::vector<Json>& items() const { return items_; }
  const std::vector<Member>& members() const { return members_; }  // in the order of the text
  const Json& operator[](std::string_view key) const;              // the last of that name counts
  const Json* find(std::string_view key) const;

 private:
  friend class JsonReader;
  Kind kind_ = Kind::null;
  double number_ = 0.0;  // 0 or 1 for a boolean
  std::string text_;
  std::vector<Json> items_;
  std::vector<Member> members_;
};

struct JsonLimits {
  std::size_t bytes = 256 * 1024;
  std::size_t depth = 32;
  std::size_t values = 20'000;
};

// Error{bad_input} says at which byte what is wrong.
core::Result<Json> read_json(std::string_view text, const JsonLimits& limits = {});

}  // namespace afferent::drivers
