#include "drivers/lorawan/codec_errors.h"

#include <utility>

#include "agent/core/json.h"

namespace afferent::drivers::lorawan {
namespace {

constexpr std::size_t kLongest = 300;

void write(const Json& json, core::JsonWriter& to) {
  switch (json.kind()) {
    case Json::Kind::null: to.null(); return;
    case Json::Kind::boolean: to.value(json.boolean()); return;
    case Json::Kind::number: to.value(json.number()); return;
    case Json::Kind::text: to.value(json.text()); return;
    case Json::Kind::array:
      to.begin_array();
      for (const Json& item : json.items()) write(item, to);
      to.end_array();
      return;
    case Json::Kind::object:
      to.begin_object();
      for (const auto& [key, value] : json.members()) {
        to.key(key);
        write(value, to);
      }
      to.end_object();
      return;
  }
}

std::string written(const Json& json) {
  core::JsonWriter text;
  write(json, text);
  return text.take();
}

std::string sentences_of(const Json& errors);

std::string sentence_of(const Json& error) {
  std::string sentence;
  if (error.is(Json::Kind::text)) sentence = error.text();
  if (error.is(Json::Kind::number)) sentence = written(error);
  if (error.is(Json::Kind::array)) sentence = sentences_of(error);
  if (error.is(Json::Kind::object)) {
    sentence = error["message"].text();
    if (sentence.empty()) sentence = written(error);
  }
  return sentence.empty() ? "an error that is no text" : sentence;
}

std::string sentences_of(const Json& errors) {
  if (!errors.is(Json::Kind::array)) return sentence_of(errors);
  std::string all;
  for (const Json& error : errors.items()) {
    if (all.size() > kLongest) break;
    all += (all.empty() ? "" : "; ") + sentence_of(error);
  }
  return all;
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

std::optional<std::string> said(const Json& list) {
  if (says_nothing(list)) return std::nullopt;
  return cut(sentences_of(list));
}

}  // namespace

std::optional<std::string> errors_in(const Json& result) { return said(result["errors"]); }
std::optional<std::string> warnings_in(const Json& result) { return said(result["warnings"]); }

}  // namespace afferent::drivers::lorawan
