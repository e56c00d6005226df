#include "cli/record_format.hpp"

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/try.hpp"
#include "cli/tool.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::cli {
namespace {

using testing::HasSubstr;
using Step = RecordReader::Step;

// Rows as "keyspace/key=value", in the order of the file, and what they have beside that.
struct Content {
  std::vector<std::string> rows;
  std::vector<RowAttributes> attributes;
  std::vector<std::string> keyspaces;  // Those that a step of its own declared.
};

class RecordFormats : public testing::Test {
 protected:
  Result<Content> read(RecordFormat format, std::string_view text) {
    const std::string path = (scratch_ / "input").string();
    write_file(path, text);
    InputStream input = InputStream::open(path).value();
    const auto reader = make_record_reader(format, input);
    Content content;
    Record record;
    while (true) {
      const auto step = reader->next(record);
      place_ = reader->place();
      if (!step) return step.error();
      if (*step == Step::end) return content;
      if (*step == Step::keyspace) content.keyspaces.push_back(record.keyspace);
      if (*step == Step::row) {
        content.rows.push_back(record.keyspace + "/" + record.key + "=" + record.value);
        content.attributes.push_back(record.attributes);
      }
    }
  }

  // What a writer makes of some rows, all of one keyspace if it has a name.
  std::string written(RecordFormat format, const std::map<std::string, std::string>& rows,
                      std::string_view keyspace = {}, const RowAttributes& attributes = {}) {
    const std::string path = (scratch_ / "output").string();
    OutputStream output = OutputStream::create(path).value();
    const auto writer = make_record_writer(format, output);
    if (!keyspace.empty()) writer->keyspace(keyspace);
    for (const auto& [key, value] : rows) writer->row(key, value, attributes);
    writer->end();
    output.finish().value();
    return file_text(path);
  }

  ScratchDirectory scratch_;
  std::string place_;  // Where the last read stopped.
};

class EveryRecordFormat : public RecordFormats, public testing::WithParamInterface<RecordFormat> {};

TEST_P(EveryRecordFormat, keeps_every_byte_of_keys_and_values) {
  std::map<std::string, std::string> rows = {{"", ""}, {every_byte(), every_byte()}, {"k", ""}};
  for (int byte = 0; byte < 256; ++byte) {
    const std::string bytes(1, static_cast<char>(byte));
    rows[bytes] = bytes + "x" + bytes;
  }
  const auto content = read(GetParam(), written(GetParam(), rows));
  ASSERT_THAT(content, Succeeds());
  std::vector<std::string> expected;
  for (const auto& [key, value] : rows) expected.push_back("/" + key + "=" + value);
  EXPECT_EQ(content->rows, expected);
}

TEST_P(EveryRecordFormat, keeps_keyspaces_even_empty_ones) {
  const auto with_rows = read(GetParam(), written(GetParam(), {{"a", "1"}}, "orders"));
  ASSERT_THAT(with_rows, Succeeds());
  EXPECT_THAT(with_rows->rows, testing::ElementsAre("orders/a=1"));
  const auto empty = read(GetParam(), written(GetParam(), {}, "orders"));
  ASSERT_THAT(empty, Succeeds());
  EXPECT_THAT(empty->keyspaces, testing::ElementsAre("orders"));
  EXPECT_THAT(empty->rows, testing::IsEmpty());
}

TEST_P(EveryRecordFormat, keeps_rows_larger_than_any_buffer) {
  const std::string large(3'000'000, '\n');
  const auto content = read(GetParam(), written(GetParam(), {{"large", large}}));
  ASSERT_THAT(content, Succeeds());
  EXPECT_EQ(content->rows, std::vector<std::string>{"/large=" + large});
}

TEST_P(EveryRecordFormat, keeps_what_rows_have_beside_their_value) {
  const RowAttributes kNothing;
  const RowAttributes kExpires{.expires_at = ExpiryTime(std::chrono::milliseconds(0))};
  const RowAttributes kBoth{.expires_at = kExpiryTimeMax, .kind = kRowKindMax};
  const RowAttributes kKind{.kind = 1};
  for (const RowAttributes& attributes : {kNothing, kExpires, kBoth, kKind}) {
    const auto content =
        read(GetParam(), written(GetParam(), {{"a", "1"}, {"b", "2"}}, "orders", attributes));
    ASSERT_THAT(content, Succeeds());
    EXPECT_THAT(content->rows, testing::ElementsAre("orders/a=1", "orders/b=2"));
    EXPECT_THAT(content->attributes, testing::ElementsAre(attributes, attributes));
  }
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryRecordFormat,
                         testing::Values(RecordFormat::tsv, RecordFormat::jsonl,
                                         RecordFormat::binary));

TEST_F(RecordFormats, are_told_by_the_name_of_the_file) {
  EXPECT_EQ(format_of_name("a.jsonl"), RecordFormat::jsonl);
  EXPECT_EQ(format_of_name("a.ndjson"), RecordFormat::jsonl);
  EXPECT_EQ(format_of_name("a.bin"), RecordFormat::binary);
  EXPECT_EQ(format_of_name("a.tsv"), RecordFormat::tsv);
  EXPECT_EQ(format_of_name("-"), RecordFormat::tsv);
}

TEST_F(RecordFormats, a_last_tsv_line_may_lack_its_newline) {
  const auto content = read(RecordFormat::tsv, "a\t1\nb\t2");
  ASSERT_THAT(content, Succeeds());
  EXPECT_THAT(content->rows, testing::ElementsAre("/a=1", "/b=2"));
}

TEST_F(RecordFormats, broken_tsv_is_refused_with_its_line) {
  const std::pair<const char*, const char*> kBroken[] = {
      {"a\t1\nno separator\n", "no tab"},
      {"a\t1\nb\t2\t3\n", "more than one tab"},
      {"a\t1\nb\t2\r\n", "carriage return"},
      {"a\t1\nb\\z\t2\n", "\\z"},
      {"a\t1\n\n", "no tab"},
      {"a\t1\n\\attributes\tkind=16\nb\t2\n", "a row of kind 16"},
      {"a\t1\n\\attributes\tkind=1,kind=1\nb\t2\n", "once each"},
      {"a\t1\n\\attributes\tttl=1\nb\t2\n", "ttl=1"},
      {"a\t1\n\\attributes\texpires_at=1s\nb\t2\n", "1s"},
      {"\\attributes\tkind=1\n\\attributes\tkind=1\nb\t2\n", "row is missing"},
      {"\\attributes\tkind=1\n\\keyspace\torders\nb\t2\n", "row is missing"},
      {"\\attributes\tkind=1\n", "row is missing"},
  };
  for (const auto& [text, reason] : kBroken) {
    EXPECT_THAT(read(RecordFormat::tsv, text),
                FailsWith(Errc::invalid_argument, HasSubstr(reason)));
    EXPECT_THAT(place_, HasSubstr("input:2")) << text;
  }
}

TEST_F(RecordFormats, broken_json_is_refused_with_its_line) {
  const std::pair<const char*, const char*> kBroken[] = {
      {R"({"key":"a","value":"1"}
{"key":"b")",
       "not JSON"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n[1]\n", "not a JSON object"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\"}\n", "no \"value\""},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"value\":\"b\"}\n", "no \"key\""},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":2}\n", "must be a string"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\",\"ttl\":\"3\"}\n", "ttl"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\",\"kind\":-1}\n",
       "a row of kind"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\",\"kind\":\"1\"}\n",
       "must be a whole number"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\",\"expires_at\":-1}\n",
       "expires at -1"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key_base64\":\"?\",\"value\":\"2\"}\n", "not base64"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"key_base64\":\"YQ==\",\"value\":\"2\"}\n",
       "twice"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\",\"key\":\"c\"}\n", "twice"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\",\"value\":\"2\"}\n",
       "twice"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\",\"keyspace\":\"x\","
       "\"keyspace\":\"y\"}\n",
       "twice"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\",\"kind\":1,\"kind\":1}\n",
       "twice"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":[\"2\"]}\n", "must be a string"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":{\"key\":\"b\"},\"value\":\"2\"}\n",
       "must be a string"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n\"key\"\n", "not a JSON object"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"2\"}{}\n", "not JSON"},
      {"{\"key\":\"a\",\"value\":\"1\"}\n{\"key\":\"b\",\"value\":\"\xC3\"}\n", "not JSON"},
  };
  for (const auto& [text, reason] : kBroken) {
    EXPECT_THAT(read(RecordFormat::jsonl, text),
                FailsWith(Errc::invalid_argument, HasSubstr(reason)));
    EXPECT_THAT(place_, HasSubstr("input:2")) << text;
  }
}

TEST_F(RecordFormats, json_uses_base64_only_where_text_cannot_do) {
  EXPECT_EQ(written(RecordFormat::jsonl, {{"ключ", "a\"b\n"}}),
            "{\"key\":\"ключ\",\"value\":\"a\\\"b\\n\"}\n");
  EXPECT_EQ(written(RecordFormat::jsonl, {{"k", "\xFF"}}),
            "{\"key\":\"k\",\"value_base64\":\"/w==\"}\n");
}

TEST_F(RecordFormats, a_binary_file_cut_anywhere_is_refused) {
  const std::string whole = written(RecordFormat::binary, {{"a", "1"}, {"b", "22"}}, "orders",
                                    {.expires_at = {}, .kind = 2});
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_THAT(read(RecordFormat::binary, whole.substr(0, length)),
                FailsWith(Errc::invalid_argument, HasSubstr("cut short")))
        << length;
  }
}

TEST_F(RecordFormats, a_binary_file_with_any_bit_changed_is_refused) {
  const std::string whole = written(RecordFormat::binary, {{"a", "1"}, {"b", "22"}}, "orders",
                                    {.expires_at = {}, .kind = 2});
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string changed = whole;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(read(RecordFormat::binary, changed)) << "bit " << bit;
  }
}

TEST_F(RecordFormats, bytes_behind_the_end_of_a_binary_file_are_refused) {
  EXPECT_THAT(read(RecordFormat::binary, written(RecordFormat::binary, {}) + "x"),
              FailsWith(Errc::invalid_argument, HasSubstr("follow the end")));
}

TEST_F(RecordFormats, a_binary_length_beyond_the_limits_is_refused_before_it_is_believed) {
  const std::string huge_key("QZROWS01\xF0\xFF\xFF\xFF\x01\x00\x00\x00", 16);
  EXPECT_THAT(read(RecordFormat::binary, huge_key), FailsWith(Errc::too_large, HasSubstr("65536")));
  EXPECT_THAT(place_, HasSubstr("row 1 (byte 8)"));
}

}  // namespace
}  // namespace quartz::cli
