#include "server/auth/secret.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

namespace quartz::server {
namespace {

// Cost parameters of scrypt (RFC 7914): memory is 128 * N * r bytes.
constexpr std::uint64_t kScryptN = 1 << 12;
constexpr std::uint64_t kScryptR = 8;
constexpr std::uint64_t kScryptP = 1;
constexpr std::uint64_t kScryptBytesMax = 16u << 20;

constexpr std::size_t kSecretBytes = 32;
constexpr std::string_view kLetters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kHexDigits = "0123456789abcdef";

Error no_randomness() { return {Errc::io_error, "the system has no random numbers"}; }

int digit_of(char c) noexcept {
  const auto at = kHexDigits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

Result<std::string> make_secret() {
  std::array<unsigned char, kSecretBytes> random;
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1) return no_randomness();
  std::string secret;
  unsigned bits = 0;
  unsigned count = 0;
  for (const unsigned char byte : random) {
    bits = (bits << 8) | byte;
    for (count += 8; count >= 6; count -= 6) secret += kLetters[(bits >> (count - 6)) & 63];
  }
  secret += kLetters[(bits << (6 - count)) & 63];
  OPENSSL_cleanse(random.data(), random.size());
  return secret;
}

Result<Salt> make_salt() {
  Salt salt;
  if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1) return no_randomness();
  return salt;
}

Result<SecretHash> hash_secret(std::string_view secret, const Salt& salt) {
  SecretHash hash;
  if (EVP_PBE_scrypt(secret.data(), secret.size(), salt.data(), salt.size(), kScryptN, kScryptR,
                     kScryptP, kScryptBytesMax, hash.data(), hash.size()) != 1) {
    return Error(Errc::io_error, "scrypt failed: there is no memory for it");
  }
  return hash;
}

bool same_hash(const SecretHash& a, const SecretHash& b) noexcept {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

Result<SecretHash> digest_of(std::string_view credential) {
  SecretHash digest;
  if (EVP_Digest(credential.data(), credential.size(), digest.data(), nullptr, EVP_sha256(),
                 nullptr) != 1) {
    return Error(Errc::io_error, "SHA-256 failed");
  }
  return digest;
}

std::string to_hex(const unsigned char* bytes, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text += kHexDigits[bytes[i] >> 4];
    text += kHexDigits[bytes[i] & 15];
  }
  return text;
}

bool from_hex(std::string_view text, unsigned char* bytes, std::size_t count) noexcept {
  if (text.size() != 2 * count) return false;
  for (std::size_t i = 0; i < count; ++i) {
    const int high = digit_of(text[2 * i]);
    const int low = digit_of(text[2 * i + 1]);
    if (high < 0 || low < 0) return false;
    bytes[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return true;
}

}  // namespace quartz::server
