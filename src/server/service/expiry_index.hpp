#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "quartz/storage/row_attributes.hpp"
#include "server/service/generations.hpp"

namespace quartz::server {

// Which rows of a database expire, in the order of time: rows in the keyspace of elements, under
// the generation 0 that no collection has. An entry may be left behind by a row that was written
// again; it says only when to look.

/// The key of an entry.
std::string expiry_index_key(ExpiryTime expires_at, std::string_view key);

/// The first key that is not an entry of a time up to `now`.
std::string expiry_index_end(ExpiryTime now);
std::string expiry_index_begin();

struct ExpiryIndexEntry {
  ExpiryTime expires_at;
  std::string_view key;
};
/// Nothing if it is none.
std::optional<ExpiryIndexEntry> read_expiry_index_key(std::string_view bytes) noexcept;

}  // namespace quartz::server
