#include "vector/distance_kernels.hpp"

#include <algorithm>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "vector/kernel_tables.hpp"

namespace quartz::vector {
namespace {

TEST(DistanceKernels, are_those_of_the_set_that_was_asked_for) {
  for (const InstructionSet set : supported_instruction_sets()) {
    EXPECT_EQ(distance_kernels(set).instruction_set, set);
  }
}

TEST(DistanceKernels, are_those_of_the_best_set_if_none_is_asked_for) {
  EXPECT_EQ(distance_kernels().instruction_set, best_instruction_set());
  EXPECT_EQ(&distance_kernels(), &distance_kernels(best_instruction_set()));
}

TEST(DistanceKernelsDeathTest, of_instructions_that_are_missing_stop_the_process) {
  constexpr InstructionSet kAll[] = {InstructionSet::plain, InstructionSet::sse4,
                                     InstructionSet::avx2, InstructionSet::avx512,
                                     InstructionSet::neon};
  const auto supported = supported_instruction_sets();
  for (const InstructionSet set : kAll) {
    if (std::find(supported.begin(), supported.end(), set) != supported.end()) continue;
    EXPECT_DEATH(distance_kernels(set), "supported");
  }
}

// Two pages, of which the second must not be touched.
class GuardedPage {
 public:
  GuardedPage() : page_bytes_(static_cast<std::size_t>(sysconf(_SC_PAGESIZE))) {
    begin_ = static_cast<std::byte*>(
        mmap(nullptr, 2 * page_bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(begin_ + page_bytes_, page_bytes_, PROT_NONE);
    std::memset(begin_, 0, page_bytes_);
  }
  GuardedPage(const GuardedPage&) = delete;
  GuardedPage& operator=(const GuardedPage&) = delete;
  ~GuardedPage() { munmap(begin_, 2 * page_bytes_); }

  const std::byte* last(std::size_t bytes) const { return begin_ + page_bytes_ - bytes; }

 private:
  std::size_t page_bytes_;
  std::byte* begin_;
};

class KernelsAtTheEndOfAPage : public testing::TestWithParam<KernelTable> {};
INSTANTIATE_TEST_SUITE_P(Each, KernelsAtTheEndOfAPage, testing::ValuesIn(kernel_tables()),
                         table_name);

TEST_P(KernelsAtTheEndOfAPage, read_nothing_behind_the_last_component) {
  const DistanceKernels& kernels = *GetParam().kernels;
  const GuardedPage page;
  for (std::size_t n = 0; n <= 200; ++n) {
    const auto* const f32 = page.last(4 * n);
    const auto* const f16 = page.last(2 * n);
    const auto* const u8 = page.last(n);
    const auto* const u4 = page.last((n + 1) / 2);
    EXPECT_EQ(kernels.squared_l2_f32(f32, f32, n), 0);
    EXPECT_EQ(kernels.squared_l2_f32_f16(f32, f16, n), 0);
    EXPECT_EQ(kernels.squared_l2_f16(f16, f16, n), 0);
    EXPECT_EQ(kernels.squared_l2_f32_bf16(f32, f16, n), 0);
    EXPECT_EQ(kernels.squared_l2_bf16(f16, f16, n), 0);
    EXPECT_EQ(kernels.squared_l2_u8(u8, u8, n), 0u);
    EXPECT_EQ(kernels.squared_l2_u4(u4, u4, n), 0u);
    EXPECT_EQ(kernels.dot_f32(f32, f32, n), 0);
    EXPECT_EQ(kernels.dot_f32_f16(f32, f16, n), 0);
    EXPECT_EQ(kernels.dot_f16(f16, f16, n), 0);
    EXPECT_EQ(kernels.dot_f32_bf16(f32, f16, n), 0);
    EXPECT_EQ(kernels.dot_bf16(f16, f16, n), 0);
    EXPECT_EQ(kernels.dot_f32_u8(f32, u8, n), 0);
    EXPECT_EQ(kernels.dot_f32_u4(f32, u4, n), 0);
    EXPECT_EQ(kernels.dot_u8(u8, u8, n), 0u);
    EXPECT_EQ(kernels.dot_u4(u4, u4, n), 0u);
    EXPECT_EQ(kernels.hamming(u8, u8, n), 0u);
    const std::byte* const four[] = {u8, u8, u8, u8};
    std::uint32_t results[4] = {};
    kernels.squared_l2_u8_of_4(u8, four, n, results);
    kernels.dot_u8_of_4(u8, four, n, results);
    EXPECT_THAT(results, testing::Each(0u));
  }
}

}  // namespace
}  // namespace quartz::vector
