#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "quartz/result.hpp"

namespace quartz::server {

/// What is kept of a secret: scrypt of it with a salt.
using SecretHash = std::array<unsigned char, 32>;
using Salt = std::array<unsigned char, 16>;

/// 256 random bits as 43 letters, digits, dashes and underscores.
Result<std::string> make_secret();
Result<Salt> make_salt();

/// Work: some 8 ms and 4 MiB, whoever asks. Secrets are made here and cannot be guessed, so that
/// this only has to hold up whoever tries words, not to protect words that people chose.
Result<SecretHash> hash_secret(std::string_view secret, const Salt& salt);
/// Takes the same time wherever they differ.
bool same_hash(const SecretHash& a, const SecretHash& b) noexcept;

/// A quick digest, by which a connection recognises a credential that it has verified.
Result<SecretHash> digest_of(std::string_view credential);

std::string to_hex(const unsigned char* bytes, std::size_t count);
/// False if it is not the hexadecimal form of exactly so many bytes.
bool from_hex(std::string_view text, unsigned char* bytes, std::size_t count) noexcept;

}  // namespace quartz::server
