#include "drivers/wmbus/crypto.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <string>

namespace afferent::drivers::wmbus {
namespace {

using Context = std::unique_ptr<evp_cipher_ctx_st, CryptoDelete>;

Context context_for(const EVP_CIPHER* cipher, const Key& key, bool encrypt) {
  Context context(EVP_CIPHER_CTX_new());
  if (context && EVP_CipherInit_ex(context.get(), cipher, nullptr, key.data(), nullptr, encrypt ? 1 : 0) == 1 &&
      EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1) {
    return context;
  }
  return {};
}

// With the key's schedule as it is and the direction that was set.
bool run(evp_cipher_ctx_st* context, const Block& iv, core::ByteView in, std::uint8_t* out) {
  if (in.empty()) return true;
  int length = 0;
  return context != nullptr && EVP_CipherInit_ex(context, nullptr, nullptr, nullptr, iv.data(), -1) == 1 &&
         EVP_CipherUpdate(context, out, &length, in.data(), static_cast<int>(in.size())) == 1 &&
         static_cast<std::size_t>(length) == in.size();
}

evp_mac_ctx_st* new_cmac() {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_CMAC, nullptr);
  if (mac == nullptr) return nullptr;
  EVP_MAC_CTX* context = EVP_MAC_CTX_new(mac);
  EVP_MAC_free(mac);
  return context;
}

}  // namespace

void CryptoDelete::operator()(evp_cipher_ctx_st* context) const { EVP_CIPHER_CTX_free(context); }
void CryptoDelete::operator()(evp_mac_ctx_st* context) const { EVP_MAC_CTX_free(context); }

bool Cipher::decrypt_cbc(const Block& iv, core::ByteView in, std::uint8_t* out) {
  if (!cbc_) cbc_ = context_for(EVP_aes_128_cbc(), key_, false);
  return run(cbc_.get(), iv, in, out);
}

bool Cipher::apply_ctr(const Block& iv, core::ByteView in, std::uint8_t* out) {
  if (!ctr_) ctr_ = context_for(EVP_aes_128_ctr(), key_, true);
  return run(ctr_.get(), iv, in, out);
}

bool Cmac::sign(const Key& key, std::initializer_list<core::ByteView> parts, Block& out) {
  std::string cipher = "AES-128-CBC";
  const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher.data(), 0),
                                   OSSL_PARAM_construct_end()};
  const bool fresh = !context_;
  if (fresh) context_.reset(new_cmac());
  if (!context_) return false;
  if (EVP_MAC_init(context_.get(), key.data(), key.size(), fresh ? parameters : nullptr) != 1) return false;
  for (const core::ByteView part : parts) {
    if (!part.empty() && EVP_MAC_update(context_.get(), part.data(), part.size()) != 1) return false;
  }
  std::size_t length = 0;
  return EVP_MAC_final(context_.get(), out.data(), &length, out.size()) == 1 && length == out.size();
}

bool decrypt_ccm_once(const Key& key, core::ByteView nonce, core::ByteView associated, core::ByteView in,
                      core::ByteView tag, std::uint8_t* out) {
  const Context context(EVP_CIPHER_CTX_new());
  core::Bytes expected(tag.begin(), tag.end());  // the library wants it without const
  const auto size = [](core::ByteView bytes) { return static_cast<int>(bytes.size()); };
  int length = 0;
  return context && EVP_DecryptInit_ex(context.get(), EVP_aes_128_ccm(), nullptr, nullptr, nullptr) == 1 &&
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_IVLEN, size(nonce), nullptr) == 1 &&
         EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, size(tag), expected.data()) == 1 &&
         EVP_DecryptInit_ex(context.get(), nullptr, nullptr, key.data(), nonce.data()) == 1 &&
         EVP_DecryptUpdate(context.get(), nullptr, &length, nullptr, size(in)) == 1 &&
         EVP_DecryptUpdate(context.get(), nullptr, &length, associated.data(), size(associated)) == 1 &&
         EVP_DecryptUpdate(context.get(), out, &length, in.data(), size(in)) == 1;
}

bool decrypt_cbc_once(const Key& key, const Block& iv, core::ByteView in, std::uint8_t* out) {
  return run(context_for(EVP_aes_128_cbc(), key, false).get(), iv, in, out);
}

bool encrypt_cbc_once(const Key& key, const Block& iv, core::ByteView in, std::uint8_t* out) {
  return run(context_for(EVP_aes_128_cbc(), key, true).get(), iv, in, out);
}

}  // namespace afferent::drivers::wmbus
