#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "quartz/storage/row_attributes.hpp"

namespace quartz {

/// Longest key. A key is a search path, not a payload; longer ones would make every node of the
/// memtable and every index block of a level pay.
inline constexpr std::size_t kKeyBytesMax = 64 * 1024;

/// Largest value. A record lies in one log segment, and a segment's offsets are 32 bits wide.
inline constexpr std::size_t kValueBytesMax = std::size_t{1} << 30;

/// Largest kind of a row. It shares a byte of the stored value with flags.
inline constexpr std::uint8_t kRowKindMax = 15;

/// Latest moment at which a row may expire, so far off that sums of times cannot wrap.
inline constexpr ExpiryTime kExpiryTimeMax{std::chrono::milliseconds(std::int64_t{1} << 62)};

/// Largest encoded write batch: 16 bytes per operation plus its key and value, and 1 byte per put,
/// 9 if it expires. Room for one value of the largest size beside other operations.
inline constexpr std::size_t kBatchBytesMax = kValueBytesMax + (std::size_t{64} << 20);

/// Longest keyspace name. Names are 1 to this many bytes of `[A-Za-z0-9._-]`, so that they are safe
/// in paths, logs and metrics.
inline constexpr std::size_t kKeyspaceNameBytesMax = 128;

/// How many keyspaces may exist at a time. Each costs a column family with its own level 0.
inline constexpr std::size_t kKeyspacesMax = 1024;

}  // namespace quartz
