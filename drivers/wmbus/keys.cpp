#include "drivers/wmbus/keys.h"

#include <charconv>
#include <string>
#include <vector>

#include "agent/core/bytes.h"

namespace afferent::drivers::wmbus {
namespace {

constexpr std::string_view kBlanks = " \t\r";

core::Error mistake(const std::string& message) { return {core::ErrorCode::bad_config, message}; }

std::vector<std::string_view> words(std::string_view line) {
  std::vector<std::string_view> found;
  line = line.substr(0, line.find('#'));
  for (;;) {
    const std::size_t first = line.find_first_not_of(kBlanks);
    if (first == line.npos) return found;
    line.remove_prefix(first);
    found.push_back(line.substr(0, line.find_first_of(kBlanks)));
    line.remove_prefix(found.back().size());
  }
}

}  // namespace

std::optional<std::uint32_t> id_from(std::string_view digits) {
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id, 16);
  if (digits.size() != 8 || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return id;
}

std::optional<Key> key_from(std::string_view digits) {
  Key key{};
  const bool half = digits.size() == key.size();  // the key of a scrambler, which has eight bytes
  if (!half && digits.size() != 2 * key.size()) return std::nullopt;
  const auto bytes = core::from_hex(digits);
  if (!bytes || bytes->size() != digits.size() / 2) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), key.begin());
  return key;
}

core::Result<KeyRing> KeyRing::parse(std::string_view text) {
  KeyRing ring;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    ++number;
    if (auto taken = ring.take(text.substr(0, end)); !taken) {
      return std::move(taken).error().in("line " + std::to_string(number));
    }
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
  }
  if (!ring.all_ && ring.own_.empty())
    return mistake("holds no key; expected 32 hexadecimal digits, or 16 of a Diehl meter, or lines `ID KEY`");
  return ring;
}

core::Result<void> KeyRing::take(std::string_view line) {
  const std::vector<std::string_view> found = words(line);
  if (found.empty()) return {};
  const auto key = key_from(found.back());
  const auto id = id_from(found.front());
  if (!key || found.size() > 2 || (found.size() == 2 && !id)) {
    return mistake(
        "expected 8 digits of a meter and 32 hexadecimal digits of its key, or 16 of a Diehl meter, or such a key "
        "alone");
  }
  const Entry entry{*key, found.back().size() == key->size()};
  if (found.size() == 1) {
    if (all_ && *all_ != entry) return mistake("a second key without a meter");
    all_ = entry;
    return {};
  }
  const auto [known, fresh] = own_.emplace(*id, entry);
  if (!fresh && known->second != entry) return mistake("a second key for the same meter");
  return {};
}

const KeyRing::Entry* KeyRing::entry(std::uint32_t id) const {
  if (const auto own = own_.find(id); own != own_.end()) return &own->second;
  return all_ ? &*all_ : nullptr;
}

const Key* KeyRing::find(std::uint32_t id) const {
  const Entry* found = entry(id);
  return found != nullptr ? &found->key : nullptr;
}

bool KeyRing::is_half(std::uint32_t id) const {
  const Entry* found = entry(id);
  return found != nullptr && found->half;
}

}  // namespace afferent::drivers::wmbus
