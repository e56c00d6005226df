#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "quartz/result.hpp"
#include "quartz/storage/row_attributes.hpp"
#include "server/service/database_view.hpp"

namespace quartz::server::strings {

/// Largest value. What clients of Redis expect a server to hold.
inline constexpr std::size_t kValueBytesMax = std::size_t{512} << 20;

/// `invalid_argument` past `kValueBytesMax`.
Result<void> check_size(std::size_t bytes);

/// Nothing if there is no such key.
Result<std::optional<VisibleRow>> get(DatabaseView& view, std::string_view key,
                                      Transaction::Look look = Transaction::Look::independent);

struct SetOptions {
  enum class When : std::uint8_t { always, absent, exists };
  When when = When::always;
  std::optional<ExpiryTime> expires_at = {};
  bool keep_expiry = false;
  bool tell_old = false;  ///< Then `old` is filled, and another kind is refused.
};
struct SetOutcome {
  bool written = false;
  std::optional<std::string> old = {};
};
/// In place of whatever kind the key holds.
Result<SetOutcome> set(DatabaseView& view, std::string_view key, std::string_view value,
                       const SetOptions& options = {});

/// The new value. `invalid_argument` if the old one is no number, or the new one would not be.
Result<std::int64_t> increment(DatabaseView& view, std::string_view key, std::int64_t by);
Result<std::string> increment_real(DatabaseView& view, std::string_view key, long double by);

/// The new length. `too_large` past `kValueBytesMax`, here and below.
Result<std::size_t> append(DatabaseView& view, std::string_view key, std::string_view suffix);
/// Bytes from `first` to `last`, both counted from the end if negative.
Result<std::string> range(DatabaseView& view, std::string_view key, std::int64_t first,
                          std::int64_t last);
/// Overwrites at `offset`, with zeros before it where there was nothing; the new length.
Result<std::size_t> set_range(DatabaseView& view, std::string_view key, std::size_t offset,
                              std::string_view bytes);

}  // namespace quartz::server::strings
