#include "storage/write_limits.hpp"

#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/limits.hpp"
#include "quartz/storage/write_batch.hpp"
#include "support/result_matchers.hpp"

namespace quartz::storage {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// As many bytes as a value may not have. Only their number is looked at.
std::string_view view_of_bytes(std::size_t bytes) {
  static const char byte = 0;
  return {&byte, bytes};
}

TEST(WriteLimits, a_key_of_the_largest_size_passes_for_every_operation) {
  const std::string key(kKeyBytesMax, 'k');
  EXPECT_THAT(check_operation(OperationType::put, key, "value"), Succeeds());
  EXPECT_THAT(check_operation(OperationType::remove, key, {}), Succeeds());
  EXPECT_THAT(check_operation(OperationType::remove_range, key, key), Succeeds());
}

TEST(WriteLimits, one_byte_more_is_too_large_and_names_size_and_limit) {
  const std::string key(kKeyBytesMax + 1, 'k');
  const auto refused = FailsWith(
      Errc::too_large, AllOf(HasSubstr("kKeyBytesMax"), HasSubstr("65537"), HasSubstr("65536")));
  EXPECT_THAT(check_operation(OperationType::put, key, "value"), refused);
  EXPECT_THAT(check_operation(OperationType::remove, key, {}), refused);
  EXPECT_THAT(check_operation(OperationType::remove_range, key, "z"), refused);
  EXPECT_THAT(check_operation(OperationType::remove_range, "a", key), refused);
}

TEST(WriteLimits, a_value_is_judged_by_its_size_alone) {
  EXPECT_THAT(check_operation(OperationType::put, "key", view_of_bytes(kValueBytesMax)),
              Succeeds());
  EXPECT_THAT(check_operation(OperationType::put, "key", view_of_bytes(kValueBytesMax + 1)),
              FailsWith(Errc::too_large, HasSubstr("kValueBytesMax")));
}

TEST(WriteLimits, a_batch_is_judged_by_its_encoded_size) {
  EXPECT_THAT(check_batch_bytes(0), Succeeds());
  EXPECT_THAT(check_batch_bytes(kBatchBytesMax), Succeeds());
  EXPECT_THAT(check_batch_bytes(kBatchBytesMax + 1),
              FailsWith(Errc::too_large, HasSubstr("kBatchBytesMax")));
}

TEST(WriteLimits, a_batch_remembers_a_value_beyond_the_limit_and_takes_nothing_of_it) {
  WriteBatch batch;
  batch.put("key", view_of_bytes(kValueBytesMax + 1));
  ASSERT_TRUE(batch.error().has_value());
  EXPECT_EQ(batch.error()->code(), Errc::too_large);
  EXPECT_THAT(batch.error()->message(), HasSubstr("kValueBytesMax"));
  EXPECT_EQ(batch.bytes(), 0u);
}

}  // namespace
}  // namespace quartz::storage
