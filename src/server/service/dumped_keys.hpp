#pragma once

#include <optional>
#include <string_view>

#include "protocol/redis_dump.hpp"
#include "quartz/result.hpp"
#include "server/service/database_view.hpp"

namespace quartz::server::keys {

/// All that a key holds, to be taken elsewhere; nothing if it does not exist. Cost: all of it in
/// memory.
Result<std::optional<protocol::RedisValue>> contents(DatabaseView& view, std::string_view key);

/// Lets `key`, whatever it was, hold this. `too_large` if a member is.
Result<void> restore(DatabaseView& view, std::string_view key, const protocol::RedisValue& value,
                     std::optional<ExpiryTime> expires_at);

}  // namespace quartz::server::keys
