#include "storage/version_log.hpp"

#include <atomic>
#include <span>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "storage/stored_operations.hpp"

namespace quartz::storage {
namespace {

constexpr Sequence kMany = 5000;  // Several chunks.

// Takes the next version; null if there is none.
const Version* take(VersionLog& log) {
  const std::span<const Version> next = log.next(1);
  if (next.empty()) return nullptr;
  log.take();
  return &next.front();
}

void append(VersionLog& log, Arena& arena, OperationView operation, Sequence sequence) {
  log.prepare_append(arena);
  log.append(operation, sequence);
}

TEST(VersionLog, has_nothing_to_take_while_empty) {
  VersionLog log;
  EXPECT_TRUE(log.next(1).empty());
  EXPECT_EQ(log.waiting(), 0u);
}

TEST(VersionLog, gives_back_what_was_appended_in_the_same_order_and_each_once) {
  StoredOperations operations;
  const OperationView operation = operations.put("key", "value");
  Arena arena;
  VersionLog log;
  for (Sequence sequence = 1; sequence <= kMany; ++sequence) {
    append(log, arena, operation, sequence);
  }
  EXPECT_EQ(log.waiting(), kMany);
  for (Sequence sequence = 1; sequence <= kMany; ++sequence) {
    const Version* version = take(log);
    ASSERT_NE(version, nullptr);
    ASSERT_EQ(version->sequence, sequence);
    ASSERT_EQ(version->operation, operation.data());
  }
  EXPECT_TRUE(log.next(1).empty());
  EXPECT_EQ(log.waiting(), 0u);
}

TEST(VersionLog, shows_the_next_version_until_it_is_taken) {
  StoredOperations operations;
  Arena arena;
  VersionLog log;
  append(log, arena, operations.put("a", "1"), 1);
  append(log, arena, operations.put("b", "2"), 2);
  EXPECT_EQ(log.next(1).front().sequence, 1u);
  EXPECT_EQ(log.next(1).front().sequence, 1u);
  log.take();
  EXPECT_EQ(log.next(1).front().sequence, 2u);
}

TEST(VersionLog, shows_as_many_as_wait_and_are_asked_for) {
  StoredOperations operations;
  const OperationView operation = operations.put("key", "value");
  Arena arena;
  VersionLog log;
  for (Sequence sequence = 1; sequence <= kMany; ++sequence) {
    append(log, arena, operation, sequence);
  }
  EXPECT_EQ(log.next(16).size(), 16u);
  for (Sequence sequence = 1; sequence <= kMany;) {
    const std::span<const Version> some = log.next(16);
    ASSERT_FALSE(some.empty());
    ASSERT_LE(some.size(), 16u);
    for (const Version& version : some) {
      ASSERT_EQ(version.sequence, sequence++);
      log.take();
    }
  }
  EXPECT_TRUE(log.next(16).empty());
}

TEST(VersionLog, goes_on_where_it_was_found_empty) {
  StoredOperations operations;
  Arena arena;
  VersionLog log;
  for (Sequence sequence = 1; sequence <= kMany; ++sequence) {
    append(log, arena, operations.put("key", "value"), sequence);
    ASSERT_EQ(take(log)->sequence, sequence);
    ASSERT_TRUE(log.next(1).empty());
  }
}

TEST(VersionLog, knows_the_first_version_after_each_sequence_whether_taken_or_not) {
  StoredOperations operations;
  const OperationView operation = operations.put("key", "value");
  Arena arena;
  VersionLog log;
  EXPECT_EQ(log.first_after(0), nullptr);
  // Every other sequence only, as where ranges were removed between.
  for (Sequence sequence = 2; sequence <= kMany; sequence += 2) {
    append(log, arena, operation, sequence);
    if (sequence % 3 == 0) take(log);
    ASSERT_EQ(log.first_after(sequence), nullptr);
    ASSERT_EQ(log.first_after(sequence - 1)->sequence, sequence);
  }
  for (Sequence sequence = 0; sequence < kMany; ++sequence) {
    ASSERT_EQ(log.first_after(sequence)->sequence, (sequence + 2) / 2 * 2);
  }
}

TEST(VersionLog, can_be_taken_from_while_it_is_appended_to) {
  StoredOperations operations;
  const OperationView operation = operations.put("key", "value");
  Arena arena;
  VersionLog log;
  std::thread taker([&] {
    for (Sequence sequence = 1; sequence <= kMany;) {
      const Version* version = take(log);
      if (version == nullptr) continue;
      ASSERT_EQ(version->sequence, sequence);
      ASSERT_EQ(version->operation, operation.data());
      ++sequence;
    }
  });
  for (Sequence sequence = 1; sequence <= kMany; ++sequence) {
    append(log, arena, operation, sequence);
  }
  taker.join();
}

}  // namespace
}  // namespace quartz::storage
