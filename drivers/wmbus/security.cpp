#include "drivers/wmbus/security.h"

#include <algorithm>
#include <array>

#include "drivers/wmbus/link.h"

namespace afferent::drivers::wmbus {
namespace {

constexpr std::size_t kBlockSize = 16;
constexpr std::uint8_t kFiller = 0x2F;  // an encrypted text begins with two, to tell a wrong key
constexpr std::uint8_t kForEncryption = 0x00;
constexpr std::uint8_t kForMac = 0x01;

unsigned mode_of(const Sealed& sealed) { return sealed.header.config >> 8 & 0x1FU; }

// What the first `blocks` blocks are of what is there; a block that is cut short cannot be read.
core::ByteView encrypted_part(const Sealed& sealed, core::ByteView body) {
  const std::size_t blocks = sealed.header.config >> 4 & 0xFU;
  return body.first(std::min(blocks, body.size() / kBlockSize) * kBlockSize);
}

// What follows the encrypted part; nothing when that was cut short.
core::ByteView plain_part(const Sealed& sealed, core::ByteView body) {
  const std::size_t size = (sealed.header.config >> 4 & 0xFU) * kBlockSize;
  return body.subspan(std::min(size, body.size()));
}

bool reads(core::ByteView text) { return text.size() >= 2 && text[0] == kFiller && text[1] == kFiller; }

std::string no_key(unsigned mode) {
  return "encrypted (security mode " + std::to_string(mode) + "), and there is no key";
}

}  // namespace

bool Opener::open(const Sealed& sealed, Cipher* cipher, core::ByteView& plain, std::string& why) {
  plain = sealed.body;
  switch (const unsigned mode = mode_of(sealed)) {
    case 0: return true;
    case 5: return open_mode_5(sealed, cipher, plain, why);
    case 7: return open_mode_7(sealed, cipher, plain, why);
    case 10: return open_mode_10(sealed, cipher, plain, why);
    default: why = "unsupported security mode " + std::to_string(mode); return false;
  }
}

bool Opener::open_mode_5(const Sealed& sealed, Cipher* cipher, core::ByteView& plain, std::string& why) {
  const core::ByteView secret = encrypted_part(sealed, sealed.body);
  const bool readable = secret.empty() || reads(secret);
  if (cipher == nullptr || secret.empty()) {
    if (!readable) why = no_key(5);
    return readable;
  }
  Block iv{};
  const auto address = link_bytes(sealed.meter);
  std::copy(address.begin(), address.end(), iv.begin());
  std::fill(iv.begin() + address.size(), iv.end(), sealed.header.access);
  const core::ByteView rest = plain_part(sealed, sealed.body);
  plain_.resize(secret.size() + rest.size());
  if (!cipher->decrypt_cbc(iv, secret, plain_.data())) {
    why = "decryption failed";
    return false;
  }
  if (!reads(plain_)) {
    if (!readable) why = "wrong key";
    return readable;
  }
  std::copy(rest.begin(), rest.end(), plain_.begin() + static_cast<std::ptrdiff_t>(secret.size()));
  plain = plain_;
  return true;
}

bool Opener::open_mode_7(const Sealed& sealed, Cipher* cipher, core::ByteView& plain, std::string& why) {
  if (sealed.body.empty()) {
    why = "security mode 7 without its second configuration field";
    return false;
  }
  const unsigned derivation = sealed.body[0] >> 4 & 3U;
  plain = sealed.body.subspan(1);
  const core::ByteView secret = encrypted_part(sealed, plain);
  if (secret.empty() || reads(secret)) return true;
  if (derivation != 1) {
    why = "unsupported key derivation " + std::to_string(derivation) + " of security mode 7";
  } else if (cipher == nullptr) {
    why = no_key(7);
  } else if (sealed.fields == nullptr || !sealed.fields->counter) {
    why = "security mode 7 without a message counter";
  } else if (sealed.fields->mac.empty()) {
    why = "security mode 7 without a MAC";
  }
  if (!why.empty()) return false;
  Key encryption{};
  Key signing{};
  Block mac{};
  const core::ByteView rest = plain_part(sealed, plain);
  plain_.resize(secret.size() + rest.size());
  const std::uint32_t counter = *sealed.fields->counter;
  if (!derive(kForEncryption, counter, sealed, *cipher, encryption) ||
      !derive(kForMac, counter, sealed, *cipher, signing) ||
      !cmac_.sign(signing, {sealed.fields->signed_fields, sealed.transport}, mac) ||
      !decrypt_cbc_once(encryption, Block{}, secret, plain_.data())) {
    why = "decryption failed";
    return false;
  }
  const core::ByteView signature = sealed.fields->mac;
  if (!reads(plain_)) {
    why = "wrong key";
  } else if (!std::equal(signature.begin(), signature.end(), mac.begin())) {
    why = "wrong MAC: the telegram was changed";
  }
  if (!why.empty()) return false;
  std::copy(rest.begin(), rest.end(), plain_.begin() + static_cast<std::ptrdiff_t>(secret.size()));
  plain = plain_;
  return true;
}

// CCM. Behind the configuration field: its extension of two bytes, the version of the key where that says so, the
// message counter, the text and a tag over all from the CI field on.
bool Opener::open_mode_10(const Sealed& sealed, Cipher* cipher, core::ByteView& plain, std::string& why) {
  constexpr std::size_t kExtension = 2;
  constexpr std::size_t kCounter = 4;
  constexpr std::uint8_t kAllOfIt = 0xFF;  // of the bytes that are encrypted
  why = "security mode 10 is cut short";
  if (sealed.body.size() < kExtension) return false;
  const unsigned extension = sealed.body[0] | static_cast<unsigned>(sealed.body[1]) << 8;
  const std::size_t fields = kExtension + (extension >> 6 & 1U);
  const std::size_t tag_size = 4 + 4 * std::size_t{extension >> 8 & 3U};
  if (sealed.body.size() <= fields + kCounter + tag_size) return false;
  const core::ByteView counter_field = sealed.body.subspan(fields, kCounter);
  const core::ByteView rest = sealed.body.subspan(fields + kCounter);
  const core::ByteView secret = rest.first(rest.size() - tag_size);
  const unsigned derivation = extension >> 4 & 3U;
  why.clear();
  if (derivation != 1) {
    why = "unsupported key derivation " + std::to_string(derivation) + " of security mode 10";
  } else if ((sealed.header.config & kAllOfIt) != kAllOfIt && (sealed.header.config & kAllOfIt) < secret.size()) {
    why = "unsupported partial encryption in security mode 10";
  } else if (cipher == nullptr) {
    why = no_key(10);
  }
  if (!why.empty()) return false;
  std::array<std::uint8_t, 13> nonce{};
  const auto address = link_bytes(sealed.meter);
  std::copy(address.begin(), address.end(), nonce.begin());
  std::reverse_copy(counter_field.begin(), counter_field.end(), nonce.end() - kCounter);
  std::uint32_t counter = 0;
  for (std::size_t at = kCounter; at-- > 0;) counter = counter << 8 | counter_field[at];
  const core::ByteView associated = sealed.transport.first(sealed.transport.size() - sealed.body.size() + fields);
  Key encryption{};
  plain_.resize(secret.size());
  why = "wrong key, or the telegram was changed (security mode 10)";
  if (!derive(kForEncryption, counter, sealed, *cipher, encryption) ||
      !decrypt_ccm_once(encryption, nonce, associated, secret, rest.last(tag_size), plain_.data()))
    return false;
  why.clear();
  plain = plain_;
  return true;
}

// Key derivation function A: CMAC of purpose, message counter, identification of the meter, filled up with 07.
bool Opener::derive(std::uint8_t purpose, std::uint32_t counter, const Sealed& sealed, const Cipher& cipher, Key& out) {
  Block input{};
  input.fill(0x07);
  input[0] = purpose;
  for (unsigned byte = 0; byte < 4; ++byte) {
    input[1 + byte] = static_cast<std::uint8_t>(counter >> (8 * byte));
    input[5 + byte] = static_cast<std::uint8_t>(sealed.meter.id >> (8 * byte));
  }
  return cmac_.sign(cipher.key(), {input}, out);
}

}  // namespace afferent::drivers::wmbus
