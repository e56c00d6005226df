#include "vector/collection_record.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/result_matchers.hpp"
#include "vector/index_stamp.hpp"
#include "vector/point_value.hpp"

namespace quartz::vector {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

CollectionRecord some_record() {
  CollectionRecord record;
  for (std::size_t i = 0; i < record.identity.size(); ++i) record.identity[i] = std::byte(i);
  record.config = {.dimensions = 384,
                   .metric = Metric::dot,
                   .index = {.quantization = Quantization::bf16,
                             .m = 24,
                             .ef_construction = 300,
                             .seed = ~std::uint64_t{0},
                             .vectors_in_memory = false},
                   .payload_indexes = {{"lang", PayloadIndexKind::keyword},
                                       {"author.born", PayloadIndexKind::integer}}};
  return record;
}

TEST(CollectionRecord, comes_back_as_it_was_stored) {
  EXPECT_EQ(decode_collection_record(encode_collection_record(some_record())).value(),
            some_record());
}

TEST(CollectionRecord, is_refused_wherever_it_ends_early_or_late) {
  const std::string bytes = encode_collection_record(some_record());
  for (std::size_t length = 1; length < bytes.size(); ++length) {
    EXPECT_THAT(decode_collection_record(bytes.substr(0, length)), FailsWith(Errc::corruption));
  }
  EXPECT_THAT(decode_collection_record(bytes + '\0'), FailsWith(Errc::corruption));
  EXPECT_THAT(decode_collection_record(""), FailsWith(Errc::unsupported));
}

TEST(CollectionRecord, is_refused_if_it_says_what_no_collection_can_be) {
  const std::string good = encode_collection_record(some_record());
  const auto with = [&](std::size_t at, char value) {
    std::string bytes = good;
    bytes[at] = value;
    return bytes;
  };
  EXPECT_THAT(decode_collection_record(with(0, 2)), FailsWith(Errc::unsupported));
  EXPECT_THAT(decode_collection_record(with(1, 3)), FailsWith(Errc::corruption));
  EXPECT_THAT(decode_collection_record(with(2, 6)), FailsWith(Errc::corruption));
  EXPECT_THAT(decode_collection_record(with(3, 4)), FailsWith(Errc::corruption));
  EXPECT_THAT(decode_collection_record(with(5, 0x7F)), FailsWith(Errc::corruption));
  EXPECT_THAT(decode_collection_record(with(8, 1)), FailsWith(Errc::corruption));
}

TEST(CollectionConfig, is_refused_by_the_name_of_the_option) {
  const auto refused = [](const char* option, const auto& change) {
    VectorCollectionConfig config = some_record().config;
    config.index.payloads_in_memory = true;
    change(config);
    EXPECT_THAT(check_config(config), FailsWith(Errc::invalid_argument, HasSubstr(option)));
  };
  refused("dimensions", [](auto& config) { config.dimensions = 4097; });
  refused("metric", [](auto& config) { config.metric = static_cast<Metric>(9); });
  refused("quantization",
          [](auto& config) { config.index.quantization = static_cast<Quantization>(9); });
  refused("m = 129", [](auto& config) { config.index.m = 129; });
  refused("ef_construction", [](auto& config) { config.index.ef_construction = 0; });
  refused("payloads_in_memory", [](auto& config) { config.index.payloads_in_memory = false; });
  refused("kind",
          [](auto& config) { config.payload_indexes[0].kind = static_cast<PayloadIndexKind>(9); });
}

TEST(CollectionConfig, differs_by_the_first_option_that_does) {
  const VectorCollectionConfig stored = some_record().config;
  EXPECT_THAT(check_same_config("docs", stored, stored), Succeeds());
  VectorCollectionConfig given = stored;
  given.index.m = 16;
  EXPECT_THAT(check_same_config("docs", stored, given),
              FailsWith(Errc::invalid_argument, HasSubstr("m = 24, not 16")));
  given = stored;
  given.payload_indexes.pop_back();
  EXPECT_THAT(check_same_config("docs", stored, given),
              FailsWith(Errc::invalid_argument, HasSubstr("payload_indexes")));
}

TEST(PointValue, comes_back_as_it_was_put_together) {
  PointValueWriter writer(77, 2, 2, 2);
  const float first[] = {1, 2};
  const float second[] = {3, -4};
  writer.add_vector(first);
  writer.add_vector(second);
  const std::string bytes = std::move(writer).finish("{}");
  const PointValue value = parse_point_value(bytes, 2).value();
  EXPECT_EQ(value.version, 77u);
  EXPECT_EQ(value.payload, "{}");
  EXPECT_THAT(value.vectors(), ElementsAre(ElementsAre(1, 2), ElementsAre(3, -4)));
}

TEST(PointValue, is_refused_if_its_lengths_do_not_fit) {
  PointValueWriter writer(77, 2, 1, 0);
  const float vector[] = {1, 2};
  writer.add_vector(vector);
  const std::string bytes = std::move(writer).finish("");
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    EXPECT_THAT(parse_point_value(bytes.substr(0, length), 2), FailsWith(Errc::corruption));
  }
  EXPECT_THAT(parse_point_value(bytes, 3), FailsWith(Errc::corruption));
  std::string newer = bytes;
  newer[0] = 2;
  EXPECT_THAT(parse_point_value(newer, 2), FailsWith(Errc::unsupported));
  std::string many = bytes;
  many[7] = '\x7F';
  EXPECT_THAT(parse_point_value(many, 2), FailsWith(Errc::corruption));
}

TEST(IndexStamp, comes_back_as_it_was_stored) {
  const IndexStamp stamp = {.config = some_record().config.index, .sequence = 1'234'567'890'123};
  const auto bytes = encode_index_stamp(stamp);
  EXPECT_EQ(decode_index_stamp(bytes).value(), stamp);
  EXPECT_THAT(decode_index_stamp(std::span(bytes).first(31)), FailsWith(Errc::corruption));
}

}  // namespace
}  // namespace quartz::vector
