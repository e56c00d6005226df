#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/export.hpp"
#include "quartz/storage/keyspace.hpp"

namespace quartz {

/// Keys that were read as of a sequence. A write that is given them (`WriteOptions::unchanged`) is
/// done only if none of them was written since: read, compute, write, and where that fails with
/// `conflict`, begin again with the reading.
///
///   ReadSet reads(engine.sequence());  // First, so that nothing can slip in between.
///   reads.add("counter");
///   auto value = engine.get("counter");
///   ...
///   engine.put("counter", next, {.unchanged = &reads});
///
/// Sequences are those of one engine from its opening on: a set is of no use to another engine, nor
/// after a reopening. Keys that do not exist are noted like others: writing them is a conflict.
/// Threads: one at a time; any number of writes may use it at the same time while it stays as it
/// is. Cost: one append to a buffer and one hash per key. A key that is added twice is looked at
/// twice.
class QUARTZ_EXPORT ReadSet {
 public:
  /// Without keys, as of the sequence `as_of`.
  explicit ReadSet(std::uint64_t as_of = 0) noexcept : as_of_(as_of) {}

  /// Notes a key of the default keyspace.
  void add(std::string_view key);
  /// Notes a key of `keyspace`, which must belong to the engine that is written to.
  void add(const Keyspace& keyspace, std::string_view key);
  /// Forgets the keys, keeps the memory, and begins anew at another sequence.
  void restart(std::uint64_t as_of) noexcept;

  /// What was read is as it was then, or newer.
  std::uint64_t as_of() const noexcept { return as_of_; }
  /// How many keys were noted. Those above `kKeyBytesMax` are not: nothing can write them.
  std::size_t size() const noexcept { return size_; }

  /// The keys with their hashes, as the engine walks them.
  std::string_view encoded_keys() const noexcept { return keys_; }
  /// The keyspaces named so far, without the default one, each once.
  const std::vector<Keyspace>& keyspaces() const noexcept { return keyspaces_; }

 private:
  void append(std::uint32_t keyspace, std::string_view key);

  std::uint64_t as_of_;
  std::string keys_;
  std::size_t size_ = 0;
  std::vector<Keyspace> keyspaces_;
};

}  // namespace quartz
