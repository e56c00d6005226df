#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"
#include "server/service/database_view.hpp"
#include "server/service/members.hpp"

namespace quartz::server::members {

// Any members of a hash or set. Up to `kExactCountMax` of them, all are equally likely. Of more,
// one is found by its bytes: of the bytes that begin members one is drawn, then of those that
// follow it, and so on, so that a member that shares its beginning with few others is likelier than
// one that shares it with many.

inline constexpr std::uint64_t kExactCountMax = 128;

/// `count` different ones, or all if there are no more. Cost: some seeks for each, or a scan of the
/// collection if those are a large part of it.
Result<std::vector<Member>> pick_different(DatabaseView& view, const CollectionHead& head,
                                           std::uint64_t count);
/// What is drawn again and again waits in memory until the answer is written.
class DrawnBytes {
 public:
  static constexpr std::size_t kMax = std::size_t{256} << 20;

  /// Counts one that was drawn; `invalid_argument` if all are more than `kMax` now.
  Result<void> add(std::size_t bytes);

 private:
  std::size_t bytes_ = 0;
};

/// `count` times any; the same one may come again. Errors: those of `DrawnBytes`.
Result<std::vector<Member>> pick_repeatedly(DatabaseView& view, const CollectionHead& head,
                                            std::uint64_t count);

enum class Repeats : std::uint8_t { never, allowed };
/// One of the two, of a collection that need not exist.
Result<std::vector<Member>> pick(DatabaseView& view, RowKind kind, std::string_view key,
                                 std::uint64_t count, Repeats repeats);

}  // namespace quartz::server::members
