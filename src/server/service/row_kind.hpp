#pragma once

#include <cstdint>
#include <string_view>

namespace quartz::server {

/// What the row of a key is, as its `RowAttributes::kind`. Stored; never renumber. Strings are as
/// an embedded program writes them. The others are heads of collections, whose elements lie in a
/// keyspace of their own (docs/formats/server_rows.md);
/// those of a vector set are the points of a collection.
enum class RowKind : std::uint8_t {
  string = 0,
  hash = 1,
  list = 2,
  set = 3,
  sorted_set = 4,
  vector_set = 5,
};

/// As Redis's TYPE names it: "string", "hash", "list", "set", "zset", "vectorset".
std::string_view to_string(RowKind kind) noexcept;

}  // namespace quartz::server
