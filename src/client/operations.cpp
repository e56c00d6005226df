#include "client/operations.hpp"

#include <algorithm>
#include <array>

#include "base/ascii.hpp"
#include "client/request_words.hpp"

namespace quartz::client {
namespace {

// In the order of the alphabet but for the last one.
constexpr auto kNames = std::to_array<std::string_view>(
    {"APPEND",  "DECR",    "DECRBY",   "DEL",     "EVAL",      "EVALSHA",  "EXEC",
     "EXISTS",  "EXPIRE",  "GET",      "GETDEL",  "GETEX",     "GETRANGE", "GETSET",
     "HDEL",    "HEXISTS", "HGET",     "HGETALL", "HINCRBY",   "HKEYS",    "HLEN",
     "HMGET",   "HSCAN",   "HSET",     "HVALS",   "INCR",      "INCRBY",   "INCRBYFLOAT",
     "LINDEX",  "LLEN",    "LMOVE",    "LPOP",    "LPUSH",     "LRANGE",   "LREM",
     "LSET",    "LTRIM",   "MGET",     "MSET",    "PERSIST",   "PEXPIRE",  "PING",
     "PTTL",    "PUBLISH", "RENAME",   "RPOP",    "RPUSH",     "SADD",     "SCAN",
     "SCARD",   "SET",     "SETRANGE", "SINTER",  "SISMEMBER", "SMEMBERS", "SPOP",
     "SREM",    "STRLEN",  "SUNION",   "TTL",     "TYPE",      "UNLINK",   "VADD",
     "VREM",    "VSIM",    "ZADD",     "ZCARD",   "ZCOUNT",    "ZINCRBY",  "ZPOPMAX",
     "ZPOPMIN", "ZRANGE",  "ZRANK",    "ZREM",    "ZREVRANGE", "ZSCORE",   "other"});
constexpr std::size_t kOther = kNames.size() - 1;
static_assert(std::ranges::is_sorted(kNames.begin(), kNames.begin() + kOther));

constexpr std::size_t kOperationNameBytesMax = 16;

constexpr std::string_view kOnce = "QUARTZ.ONCE";
constexpr std::size_t kOnceWords = 3;  // The name, and the two of the key.

// Of what it carries out, once or as often as it is sent.
std::string_view name_of(std::string_view request) noexcept {
  RequestWords left(request);
  const std::size_t words = left.begin_command();
  if (words == 0) return {};
  const std::string_view name = left.take();
  if (!is_same_word(name, kOnce) || words <= kOnceWords) return name;
  for (std::size_t i = 1; i < kOnceWords; ++i) left.take();
  return left.take();
}

}  // namespace

std::span<const std::string_view> operation_names() noexcept { return kNames; }

std::size_t operation_of(std::string_view request) noexcept {
  const std::string_view name = name_of(request);
  if (name.empty() || name.size() > kOperationNameBytesMax) return kOther;
  std::array<char, kOperationNameBytesMax> upper_name{};
  std::ranges::transform(name, upper_name.begin(), to_upper);
  std::string_view wanted(upper_name.data(), name.size());
  if (wanted == "MULTI") wanted = "EXEC";
  const auto* const end = kNames.data() + kOther;
  const auto* const found = std::lower_bound(kNames.data(), end, wanted);
  return found != end && *found == wanted ? static_cast<std::size_t>(found - kNames.data())
                                          : kOther;
}

}  // namespace quartz::client
