#include "drivers/lorawan/codec_errors.h"

#include <utility>

namespace afferent::drivers::lorawan {
namespace {

constexpr std::size_t kLongest = 300;

std::string sentence_of(const Json& error) {
  const std::string_view message = error.is(Json::Kind::text) ? error.text() : error["message"].text();
  return message.empty() ? std::string("an error that is no text") : std::string(message);
}

// Cuts no character in two.
std::string cut(std::string text) {
  if (text.size() <= kLongest) return text;
  std::size_t size = kLongest;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U) --size;
  text.resize(size);
  return text;
}

bool says_nothing(const Json& errors) {
  switch (errors.kind()) {
    case Json::Kind::null: return true;
    case Json::Kind::boolean: return !errors.boolean();
    case Json::Kind::number: return errors.number() == 0.0;
    case Json::Kind::text: return errors.text().empty();
    case Json::Kind::array: return errors.items().empty();
    case Json::Kind::object: return errors.members().empty();
  }
  return true;
}

}  // namespace

std::optional<std::string> errors_in(const Json& result) {
  const Json& errors = result["errors"];
  if (says_nothing(errors)) return std::nullopt;
  std::string all;
  if (!errors.is(Json::Kind::array)) all = sentence_of(errors);
  for (const Json& error : errors.items()) {
    if (all.size() > kLongest) break;
    all += (all.empty() ? "" : "; ") + sentence_of(error);
  }
  return cut(std::move(all));
}

}  // namespace afferent::drivers::lorawan
