#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "quartz/vector/vector_collection.hpp"
#include "support/sanitizers.hpp"
#include "support/scratch_directory.hpp"

// Sanitizers have allocation functions of their own.
#if !QUARTZ_UNDER_ADDRESS_SANITIZER && !QUARTZ_UNDER_THREAD_SANITIZER

namespace {

// Allocations of this size are refused on all threads; 0: none. Nothing but a query has it.
std::atomic<std::size_t> refused_bytes{0};

}  // namespace

// Not to be seen through by the compiler, which would then miss the other half of each pair.
[[gnu::noinline]] void* operator new(std::size_t size) {
  const bool refused = size != 0 && size == refused_bytes.load(std::memory_order_relaxed);
  void* const memory = refused ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (memory != nullptr) return memory;
  throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace quartz {
namespace {

TEST(VectorCollectionMemory, that_a_search_on_another_thread_lacks_is_told_to_the_caller) {
  constexpr std::size_t kDimensions = 997;
  constexpr std::size_t kQueries = 64;
  const ScratchDirectory scratch;
  auto engine = StorageEngine::open(scratch / "data").value();
  // Queries of the cosine are copied, to be made as long as 1.
  auto collection =
      VectorCollection::open(engine, "c", {.dimensions = kDimensions, .metric = Metric::cosine})
          .value();
  const std::vector<float> point(kDimensions, 1.0F);
  ASSERT_TRUE(collection.upsert("a", point));
  const std::vector<float> queries(kQueries * kDimensions, 1.0F);
  refused_bytes = kDimensions * sizeof(float);
  EXPECT_THROW(static_cast<void>(collection.search_batch(queries, {.k = 1}, 4)), std::bad_alloc);
  refused_bytes = 0;
  const auto answers = collection.search_batch(queries, {.k = 1}, 4);
  ASSERT_TRUE(answers);
  EXPECT_EQ(answers->size(), kQueries);
  EXPECT_EQ(answers->back().front().id, "a");
}

}  // namespace
}  // namespace quartz

#endif
