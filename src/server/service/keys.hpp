#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/storage/row_attributes.hpp"
#include "server/service/database_view.hpp"

namespace quartz::server::keys {

// What any key knows, whatever it holds.

/// Whether it was there.
Result<bool> remove(DatabaseView& view, std::string_view key);
/// Nothing if it is not there.
Result<std::optional<RowKind>> kind(DatabaseView& view, std::string_view key);

struct ExpireCondition {
  bool only_without = false;  ///< An expiry: NX.
  bool only_with = false;     ///< XX.
  bool only_later = false;    ///< Than now set, of which none is the latest: GT.
  bool only_earlier = false;  ///< LT.
};
/// False if there is no such key or the condition does not hold. A time that has passed removes it.
Result<bool> expire(DatabaseView& view, std::string_view key, ExpiryTime at,
                    const ExpireCondition& condition = {});
/// False if there was no expiry.
Result<bool> persist(DatabaseView& view, std::string_view key);
struct Expiry {
  bool exists = false;
  std::optional<ExpiryTime> at;
};
Result<Expiry> expiry(DatabaseView& view, std::string_view key);

/// `invalid_argument` for a vector set: an index is not copied.
Result<void> check_copyable(RowKind kind);
/// Gives what `from` holds to `to`, in place of what that held. False if `only_if_free` and `to` is
/// not. `not_found` ("no such key") if there is no `from`. Cost: that of a row; elements stay.
Result<bool> rename(DatabaseView& view, std::string_view from, std::string_view to,
                    bool only_if_free);
/// Puts what `from` holds there a second time. False if there is no `from`, or `to` is not free and
/// may not be replaced. `invalid_argument` for a vector set. Cost: elements are copied one by one.
Result<bool> copy(DatabaseView& view, std::string_view from, DatabaseView& target,
                  std::string_view to, bool replace);
/// Takes it to another database, unless there is one of that name. Errors: those of `copy`.
Result<bool> move(DatabaseView& view, std::string_view key, DatabaseView& target);

/// Gives all keys of each database to the other one. Cost: that of all rows and elements of both,
/// which are copied and wait in memory for the commit. `invalid_argument` if there is a vector set.
Result<void> exchange(DatabaseView& view, DatabaseView& other);

struct KeyCounts {
  std::uint64_t keys = 0;
  std::uint64_t expiring = 0;  ///< Of them.
};
/// How many there are. Cost: a scan.
Result<KeyCounts> counts(DatabaseView& view);
/// Any of them, or nothing if there are none. Cost: a seek.
Result<std::optional<std::string>> random(DatabaseView& view);
/// All that match a pattern of `protocol::matches_glob`, in order.
Result<std::vector<std::string>> matching(DatabaseView& view, std::string_view pattern);

struct ScanPage {
  std::vector<std::string> keys;
  std::optional<std::string> next;  ///< Where to go on; nothing at the end.
};
/// Looks at `count` keys from `from` on, and picks those that match and are of that kind.
Result<ScanPage> scan(DatabaseView& view, std::string_view from, std::size_t count,
                      std::optional<std::string_view> pattern, std::optional<RowKind> kind);

}  // namespace quartz::server::keys
