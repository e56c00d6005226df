#include "io/mapping.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <vector>

#include "io/file_system.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::io {
namespace {

constexpr std::size_t kHugePageBytes = std::size_t{2} << 20;

bool all_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte b) { return b == std::byte{0}; });
}

TEST(Mapping, anonymous_memory_is_zeroed_writable_and_whole_pages) {
  const Mapping mapping = *Mapping::anonymous(5000);
  EXPECT_EQ(mapping.size(), 8192u);
  EXPECT_TRUE(all_zero(mapping.bytes()));
  std::fill(mapping.bytes().begin(), mapping.bytes().end(), std::byte{1});
}

TEST(Mapping, large_anonymous_memory_is_aligned_to_huge_pages) {
  for (const std::size_t bytes : {kHugePageBytes, kHugePageBytes + 1, 3 * kHugePageBytes + 4096}) {
    const Mapping mapping = *Mapping::anonymous(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(mapping.data()) % kHugePageBytes, 0u);
    EXPECT_GE(mapping.size(), bytes);
    EXPECT_LT(mapping.size(), bytes + 4096);
    mapping.bytes().front() = std::byte{1};
    mapping.bytes().back() = std::byte{1};
  }
}

TEST(Mapping, nothing_asked_for_is_an_empty_mapping) {
  const auto mapping = Mapping::anonymous(0);
  ASSERT_THAT(mapping, Succeeds());
  EXPECT_EQ(mapping->size(), 0u);
  mapping->populate(0, 0);
}

TEST(Mapping, more_memory_than_there_can_be_is_an_error_that_names_the_size) {
  EXPECT_THAT(Mapping::anonymous(std::numeric_limits<std::size_t>::max()),
              FailsWith(Errc::io_error, testing::HasSubstr("18446744073709551615 bytes")));
  EXPECT_THAT(Mapping::anonymous(std::size_t{1} << 62), FailsWith(Errc::io_error));
}

// Records what a mapping gives back.
struct Releases {
  static inline std::vector<std::pair<std::byte*, std::size_t>> seen;
  static void note(std::byte* base, std::size_t bytes) noexcept { seen.emplace_back(base, bytes); }
};

TEST(Mapping, is_released_once_with_what_it_was_made_of) {
  Releases::seen.clear();
  std::byte memory[4] = {};
  {
    Mapping first(memory, 4, &Releases::note);
    Mapping second = std::move(first);
    Mapping third;
    third = std::move(second);
    EXPECT_EQ(third.data(), memory);
    EXPECT_TRUE(Releases::seen.empty());
  }
  EXPECT_THAT(Releases::seen, testing::ElementsAre(std::pair{&memory[0], std::size_t{4}}));
}

TEST(Mapping, populating_changes_no_contents) {
  const Mapping mapping = *Mapping::anonymous(10 * 4096);
  mapping.bytes()[5000] = std::byte{7};
  mapping.populate(0, mapping.size());
  mapping.populate(4097, 1);
  EXPECT_EQ(mapping.bytes()[5000], std::byte{7});
  mapping.bytes()[5000] = std::byte{0};
  EXPECT_TRUE(all_zero(mapping.bytes()));
}

TEST(Mapping, a_mapped_file_can_be_populated) {
  ScratchDirectory scratch;
  const auto file = *posix_file_system().open(scratch / "a", OpenMode::create_new);
  ASSERT_THAT(file->allocate(16 * 4096), Succeeds());
  const Mapping mapping = *file->map(16 * 4096, Mapping::Pages::small);
  mapping.populate(4096, 8192);
  EXPECT_TRUE(all_zero(mapping.bytes()));
}

TEST(Mapping, of_a_file_keeps_what_was_written_when_its_pages_are_released) {
  ScratchDirectory scratch;
  const auto file = *posix_file_system().open(scratch / "a", OpenMode::create_new);
  ASSERT_THAT(file->allocate(16 * 4096), Succeeds());
  const Mapping mapping = *file->map(16 * 4096, Mapping::Pages::small);
  mapping.bytes()[5000] = std::byte{7};
  mapping.release_pages();
  EXPECT_EQ(mapping.bytes()[5000], std::byte{7});
  mapping.bytes()[5001] = std::byte{8};
  mapping.release_pages();
  mapping.populate_for_reading(8192);
  EXPECT_EQ(mapping.bytes()[5001], std::byte{8});
  mapping.bytes()[5001] = std::byte{9};
  std::array<std::byte, 2> read{};
  ASSERT_THAT(file->read_at(5000, read), Succeeds());
  EXPECT_THAT(read, testing::ElementsAre(std::byte{7}, std::byte{9}));
}

TEST(MappingDeathTest, populating_beyond_the_end_is_a_programmers_error) {
  const Mapping mapping = *Mapping::anonymous(4096);
  EXPECT_DEATH(mapping.populate(4097, 0), "check failed");
  EXPECT_DEATH(mapping.populate(4096, 1), "check failed");
  EXPECT_DEATH(mapping.populate(1, std::numeric_limits<std::size_t>::max()), "check failed");
}

}  // namespace
}  // namespace quartz::io
