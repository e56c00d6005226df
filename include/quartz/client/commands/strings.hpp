#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/client/command.hpp"
#include "quartz/client/commands/values.hpp"
#include "quartz/export.hpp"

namespace quartz {

/// Under which condition a value is stored.
enum class SetCondition : std::uint8_t {
  always,      ///< Whatever it holds.
  if_absent,   ///< Only if the key holds nothing.
  if_present,  ///< Only if it holds something.
};

/// How a value is stored.
struct SetOptions {
  SetCondition condition = SetCondition::always;  ///< What has to be there before.
  /// The key goes after so long; at least 1 ms. Nothing: it stays.
  std::optional<std::chrono::milliseconds> expire_after = {};
  /// The key goes when it would have gone without this; not together with `expire_after`.
  bool keep_time_to_live = false;
};

}  // namespace quartz

/// Commands for keys that hold bytes. Each is answered as its type says; docs/api/resp.md has the
/// commands of these names.
namespace quartz::commands {

/// Nothing if there is no such key.
QUARTZ_EXPORT Command<std::optional<std::string>> get(std::string_view key);
/// Whether it was stored: false only if the condition did not hold.
QUARTZ_EXPORT Command<bool> set(std::string_view key, std::string_view value,
                                const SetOptions& options = {});
/// What was there before; nothing if there was no such key.
QUARTZ_EXPORT Command<std::optional<std::string>> getset(std::string_view key,
                                                         std::string_view value);
/// What was there; nothing is afterwards.
QUARTZ_EXPORT Command<std::optional<std::string>> getdel(std::string_view key);
/// One for each key, in their order.
QUARTZ_EXPORT Command<std::vector<std::optional<std::string>>> mget(const Names& keys);
/// All at once.
QUARTZ_EXPORT Command<void> mset(const NamedTexts& values);
/// The new number.
QUARTZ_EXPORT Command<std::int64_t> incr(std::string_view key);
/// The new number.
QUARTZ_EXPORT Command<std::int64_t> incrby(std::string_view key, std::int64_t by);
/// The new number.
QUARTZ_EXPORT Command<std::int64_t> decr(std::string_view key);
/// The new length.
QUARTZ_EXPORT Command<std::int64_t> append(std::string_view key, std::string_view text);
/// 0 if there is no such key.
QUARTZ_EXPORT Command<std::int64_t> strlen(std::string_view key);
/// From `first` to `last`, both included; negative ones count from the end.
QUARTZ_EXPORT Command<std::string> getrange(std::string_view key, std::int64_t first,
                                            std::int64_t last);

}  // namespace quartz::commands
