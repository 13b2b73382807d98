#include "drivers/wmbus/security.h"

#include <algorithm>

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
  }
  if (!why.empty()) return false;
  Key encryption{};
  Key signing{};
  Block mac{};
  const core::ByteView rest = plain_part(sealed, plain);
  plain_.resize(secret.size() + rest.size());
  if (!derive(kForEncryption, sealed, *cipher, encryption) || !derive(kForMac, sealed, *cipher, signing) ||
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

// Key derivation function A: CMAC of purpose, message counter, identification of the meter, filled up with 07.
bool Opener::derive(std::uint8_t purpose, const Sealed& sealed, const Cipher& cipher, Key& out) {
  Block input{};
  input.fill(0x07);
  input[0] = purpose;
  for (unsigned byte = 0; byte < 4; ++byte) {
    input[1 + byte] = static_cast<std::uint8_t>(*sealed.fields->counter >> (8 * byte));
    input[5 + byte] = static_cast<std::uint8_t>(sealed.meter.id >> (8 * byte));
  }
  return cmac_.sign(cipher.key(), {input}, out);
}

}  // namespace afferent::drivers::wmbus
