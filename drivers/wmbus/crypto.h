// AES-128 (CBC, CTR, CCM) and CMAC as wireless M-Bus uses them, on OpenSSL 3. A cipher keeps the schedule of its key,
// so that a telegram costs no set-up. Loop-bound; a failure of the library is `false`.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>

#include "agent/core/bytes.h"
#include "drivers/wmbus/keys.h"

struct evp_cipher_ctx_st;
struct evp_mac_ctx_st;

namespace afferent::drivers::wmbus {

using Block = std::array<std::uint8_t, 16>;

struct CryptoDelete {
  void operator()(evp_cipher_ctx_st* context) const;
  void operator()(evp_mac_ctx_st* context) const;
};

class Cipher {
 public:
  explicit Cipher(const Key& key) : key_(key) {}

  const Key& key() const { return key_; }
  // `in` is whole blocks; `out` has room for as many.
  bool decrypt_cbc(const Block& iv, core::ByteView in, std::uint8_t* out);
  bool apply_ctr(const Block& iv, core::ByteView in, std::uint8_t* out);  // the same in both directions

 private:
  using Context = std::unique_ptr<evp_cipher_ctx_st, CryptoDelete>;

  const Key key_;
  Context cbc_;
  Context ctr_;
};

class Cmac {
 public:
  // Of the parts one after the other.
  bool sign(const Key& key, std::initializer_list<core::ByteView> parts, Block& out);

 private:
  std::unique_ptr<evp_mac_ctx_st, CryptoDelete> context_;
};

// CCM with a nonce of 13 bytes. False where `tag` is wrong; `out`, as long as `in`, is then not to be used. `in` is not
// empty.
bool decrypt_ccm_once(const Key& key, core::ByteView nonce, core::ByteView associated, core::ByteView in,
                      core::ByteView tag, std::uint8_t* out);
bool decrypt_cbc_once(const Key& key, const Block& iv, core::ByteView in, std::uint8_t* out);
bool encrypt_cbc_once(const Key& key, const Block& iv, core::ByteView in, std::uint8_t* out);

}  // namespace afferent::drivers::wmbus
