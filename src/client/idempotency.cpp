#include "client/idempotency.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/ascii.hpp"

namespace quartz::client {
namespace {

// In the order of the alphabet, as those below.
constexpr std::array kReading = std::to_array<std::string_view>({
    "BITCOUNT",
    "BITPOS",
    "DBSIZE",
    "DUMP",
    "ECHO",
    "EXISTS",
    "EXPIRETIME",
    "GET",
    "GETBIT",
    "GETRANGE",
    "HEXISTS",
    "HGET",
    "HGETALL",
    "HKEYS",
    "HLEN",
    "HMGET",
    "HRANDFIELD",
    "HSCAN",
    "HSTRLEN",
    "HVALS",
    "INFO",
    "KEYS",
    "LCS",
    "LINDEX",
    "LLEN",
    "LPOS",
    "LRANGE",
    "MGET",
    "PEXPIRETIME",
    "PING",
    "PTTL",
    "RANDOMKEY",
    "SCAN",
    "SCARD",
    "SDIFF",
    "SINTER",
    "SINTERCARD",
    "SISMEMBER",
    "SMEMBERS",
    "SMISMEMBER",
    "SRANDMEMBER",
    "SSCAN",
    "STRLEN",
    "SUBSTR",
    "SUNION",
    "TIME",
    "TTL",
    "TYPE",
    "VCARD",
    "VDIM",
    "VEMB",
    "VGETATTR",
    "VINFO",
    "VISMEMBER",
    "VLINKS",
    "VRANDMEMBER",
    "VSIM",
    "ZCARD",
    "ZCOUNT",
    "ZDIFF",
    "ZINTER",
    "ZINTERCARD",
    "ZLEXCOUNT",
    "ZMSCORE",
    "ZRANDMEMBER",
    "ZRANGE",
    "ZRANGEBYLEX",
    "ZRANGEBYSCORE",
    "ZRANK",
    "ZREVRANGE",
    "ZREVRANGEBYLEX",
    "ZREVRANGEBYSCORE",
    "ZREVRANK",
    "ZSCAN",
    "ZSCORE",
    "ZUNION",
});
static_assert(std::ranges::is_sorted(kReading));

// What tells what it has changed (DEL, HSET, SADD) is missing: its second answer would be another
// one. So is what changes relative to what is there.
constexpr auto kOverwriting = std::to_array<std::string_view>({"MSET", "PSETEX", "SETEX"});
constexpr auto kSettling = std::to_array<std::string_view>({"HMSET", "LSET", "SETRANGE"});

constexpr std::size_t kNameBytesMax = 16;  // "ZREVRANGEBYSCORE".

bool has_any(std::span<const std::string_view> words,
             std::initializer_list<std::string_view> wanted) noexcept {
  return std::ranges::any_of(words, [&](std::string_view text) {
    return std::ranges::any_of(wanted, [&](auto word) { return is_same_word(text, word); });
  });
}

}  // namespace

CommandNature nature_of(std::span<const std::string_view> words) noexcept {
  using enum CommandNature;
  if (words.empty() || words[0].size() > kNameBytesMax) return changes;
  if (words[0] == "GET") return reads;  // Asked most often; the search below takes a while.
  std::array<char, kNameBytesMax> upper_name{};
  std::ranges::transform(words[0], upper_name.begin(), to_upper);
  const std::string_view name(upper_name.data(), words[0].size());
  // A condition, or an old value that is answered, is another one the second time.
  if (name == "SET") {
    const bool plain = words.size() >= 3 && !has_any(words.subspan(3), {"NX", "XX", "GET"});
    return plain ? overwrites : changes;
  }
  if (name == "EXPIRE" || name == "PEXPIRE") {
    // With a time that has passed they are DEL. Of EXPIREAT and PEXPIREAT only the server knows
    // whether it has.
    const bool plain = words.size() == 3 && !words[2].starts_with('-') && words[2] != "0";
    return plain ? settles : changes;
  }
  if (name == "GETEX") return words.size() == 2 ? reads : changes;
  if (std::ranges::binary_search(kReading, name)) return reads;
  if (std::ranges::find(kOverwriting, name) != kOverwriting.end()) return overwrites;
  return std::ranges::find(kSettling, name) != kSettling.end() ? settles : changes;
}

}  // namespace quartz::client
