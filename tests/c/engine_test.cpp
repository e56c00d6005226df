#include <filesystem>
#include <fstream>
#include <string>

#include "c/owned_handles.hpp"
#include "quartz/version.hpp"

namespace quartz::c_test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string set(const OwnedConfig& config, const char* option, const char* value) {
  return outcome(quartz_storage_config_set(config.get(), option, value));
}

TEST(CEngine, keeps_what_was_written_over_a_reopening) {
  const ScratchDirectory scratch;
  OwnedEngine engine = open_engine(scratch / "data");
  EXPECT_EQ(put(engine, "key", "value"), "ok");
  EXPECT_EQ(outcome(quartz_engine_close(engine.get())), "ok");
  EXPECT_THAT(put(engine, "key", "value"), StartsWith("closed: "));
  engine.reset();
  engine = open_engine(scratch / "data");
  EXPECT_EQ(get(engine, "key"), "value");
}

TEST(CEngine, is_opened_as_its_options_say) {
  const ScratchDirectory scratch;
  const OwnedConfig config(quartz_storage_config_create());
  EXPECT_EQ(set(config, "create_if_missing", "false"), "ok");
  quartz_engine* opened = nullptr;
  EXPECT_THAT(outcome(quartz_engine_open((scratch / "data").c_str(), config.get(), &opened)),
              AllOf(StartsWith("not_found: "), HasSubstr("data")));
  EXPECT_EQ(opened, nullptr);

  EXPECT_EQ(set(config, "create_if_missing", "true"), "ok");
  EXPECT_EQ(set(config, "enable_wal", "false"), "ok");
  ASSERT_EQ(outcome(quartz_engine_open((scratch / "data").c_str(), config.get(), &opened)), "ok");
  const OwnedEngine engine(opened);
  const quartz_write_options to_disk{QUARTZ_DURABILITY_DISK, nullptr};
  EXPECT_THAT(put(engine, "key", "value", nullptr, &to_disk), StartsWith("invalid_argument: "));
}

TEST(CEngine, takes_every_option_that_a_text_can_say) {
  const OwnedConfig config(quartz_storage_config_create());
  for (const char* flag :
       {"create_if_missing", "error_if_exists", "enable_wal", "start_compaction"}) {
    EXPECT_EQ(set(config, flag, "true"), "ok") << flag;
  }
  for (const char* number :
       {"cache_size", "cache_bytes", "segment_bytes", "memtable_bytes", "flush_interval",
        "block_cache_bytes", "compaction_threshold", "level0_files_max", "max_level_size",
        "table_file_bytes", "compaction_threads", "free_space_min_bytes", "read_threads"}) {
    EXPECT_EQ(set(config, number, "8"), "ok") << number;
  }
  for (const char* durability : {"memory", "process", "disk"}) {
    EXPECT_EQ(set(config, "durability", durability), "ok") << durability;
  }
  for (const char* medium : {"automatic", "mapped", "file"}) {
    EXPECT_EQ(set(config, "log_medium", medium), "ok") << medium;
  }
}

TEST(CEngine, refuses_options_and_values_that_there_are_not) {
  const OwnedConfig config(quartz_storage_config_create());
  EXPECT_EQ(set(config, "cache_sise", "1"), "invalid_argument: there is no option 'cache_sise'");
  for (const char* number : {"", "x", "1x", "-1", "99999999999999999999"}) {
    EXPECT_EQ(set(config, "cache_size", number),
              "invalid_argument: cache_size takes a number, not '" + std::string(number) + "'");
  }
  EXPECT_EQ(set(config, "compaction_threads", "4294967296"),
            "invalid_argument: compaction_threads takes a number, not '4294967296'");
  EXPECT_EQ(set(config, "enable_wal", "yes"),
            "invalid_argument: enable_wal takes 'true' or 'false', not 'yes'");
  EXPECT_EQ(set(config, "durability", "tape"),
            "invalid_argument: durability takes one of memory, process, disk, not 'tape'");
  EXPECT_EQ(outcome(quartz_storage_config_set(config.get(), "cache_size", nullptr)),
            "invalid_argument: value is NULL");

  // What makes no sense opening says.
  const ScratchDirectory scratch;
  EXPECT_EQ(set(config, "segment_bytes", "1"), "ok");
  quartz_engine* opened = nullptr;
  EXPECT_THAT(outcome(quartz_engine_open((scratch / "data").c_str(), config.get(), &opened)),
              AllOf(StartsWith("invalid_argument: "), HasSubstr("segment_bytes")));
}

TEST(CEngine, a_refused_value_leaves_the_option_as_it_was) {
  const ScratchDirectory scratch;
  const OwnedConfig config(quartz_storage_config_create());
  // Of these beginnings none would open.
  for (const char* number :
       {"segment_bytes", "memtable_bytes", "compaction_threshold", "level0_files_max",
        "max_level_size", "table_file_bytes", "compaction_threads", "read_threads"}) {
    EXPECT_THAT(set(config, number, "0 and more"), StartsWith("invalid_argument: ")) << number;
  }
  quartz_engine* opened = nullptr;
  EXPECT_EQ(outcome(quartz_engine_open((scratch / "data").c_str(), config.get(), &opened)), "ok");
  const OwnedEngine engine(opened);
}

TEST(CEngine, says_to_a_logger_what_it_meets) {
  const ScratchDirectory scratch;
  {  // What a killed process leaves, with the beginning of a record that never got whole.
    const OwnedEngine engine = open_engine(scratch / "data");
    EXPECT_EQ(put(engine, "key", "value"), "ok");
    std::filesystem::copy(scratch / "data", scratch / "copy",
                          std::filesystem::copy_options::recursive);
  }
  const auto segment = scratch / "copy/log/000001.log";
  std::fstream file(segment, std::ios::in | std::ios::out | std::ios::binary);
  std::string bytes(std::filesystem::file_size(segment), '\0');
  ASSERT_TRUE(file.read(bytes.data(), static_cast<std::streamsize>(bytes.size())));
  file.seekp(static_cast<std::streamoff>(bytes.find_last_not_of('\0') / 8 * 8 + 16));
  ASSERT_TRUE(file << "unfinished");
  file.close();

  const OwnedConfig options(quartz_storage_config_create());
  std::string warnings;
  quartz_storage_config_set_logger(
      options.get(),
      [](void* context, quartz_log_level level, quartz_bytes line) {
        if (level == QUARTZ_LOG_WARNING) static_cast<std::string*>(context)->append(text(line));
      },
      &warnings);
  quartz_engine* opened = nullptr;
  ASSERT_EQ(outcome(quartz_engine_open((scratch / "copy").c_str(), options.get(), &opened)), "ok");
  EXPECT_EQ(get(OwnedEngine(opened), "key"), "value");
  EXPECT_THAT(warnings, HasSubstr(segment.filename().string()));
  quartz_storage_config_set_logger(options.get(), nullptr, nullptr);
}

TEST(CEngine, is_flushed_compacted_and_copied) {
  const ScratchDirectory scratch;
  const OwnedEngine engine = open_engine(scratch / "data");
  put(engine, "key", "value");
  EXPECT_EQ(outcome(quartz_engine_flush(engine.get())), "ok");
  EXPECT_EQ(outcome(quartz_engine_compact(engine.get(), nullptr, {}, quartz_text("z"))), "ok");
  EXPECT_EQ(outcome(quartz_engine_checkpoint(engine.get(), (scratch / "copy").c_str())), "ok");
  EXPECT_THAT(outcome(quartz_engine_checkpoint(engine.get(), (scratch / "copy").c_str())),
              StartsWith("already_exists: "));
  EXPECT_EQ(get(open_engine(scratch / "copy"), "key"), "value");
}

TEST(CEngine, may_be_destroyed_before_what_was_made_from_it) {
  const ScratchDirectory scratch;
  OwnedEngine engine = open_engine(scratch / "data");
  put(engine, "key", "value");
  quartz_value* read = nullptr;
  ASSERT_EQ(outcome(quartz_engine_get(engine.get(), nullptr, nullptr, quartz_text("key"), &read)),
            "ok");
  const OwnedValue value(read);
  quartz_snapshot* taken = nullptr;
  ASSERT_EQ(outcome(quartz_engine_snapshot(engine.get(), &taken)), "ok");
  const OwnedSnapshot snapshot(taken);
  quartz_collection* opened = nullptr;
  const auto config = quartz_collection_config_defaults(2);
  ASSERT_EQ(outcome(quartz_collection_open(engine.get(), "points", &config, &opened)), "ok");
  const OwnedCollection points(opened);
  engine.reset();
  EXPECT_EQ(text(quartz_value_bytes(value.get())), "value");
  quartz_point* point = nullptr;
  EXPECT_THAT(outcome(quartz_collection_get(points.get(), quartz_text("a"), &point)),
              StartsWith("closed: "));
}

TEST(CEngine, is_not_opened_without_a_place_for_it) {
  const ScratchDirectory scratch;
  EXPECT_EQ(outcome(quartz_engine_open((scratch / "data").c_str(), nullptr, nullptr)),
            "invalid_argument: engine is NULL");
  quartz_engine* engine = nullptr;
  EXPECT_EQ(outcome(quartz_engine_open(nullptr, nullptr, &engine)),
            "invalid_argument: directory is NULL");
}

TEST(CHandles, are_destroyed_where_there_are_none) {
  quartz_error_destroy(nullptr);
  quartz_engine_destroy(nullptr);
  quartz_storage_config_destroy(nullptr);
  quartz_keyspace_destroy(nullptr);
  quartz_snapshot_destroy(nullptr);
  quartz_batch_destroy(nullptr);
  quartz_read_set_destroy(nullptr);
  quartz_cursor_destroy(nullptr);
  quartz_value_destroy(nullptr);
  quartz_values_destroy(nullptr);
  quartz_names_destroy(nullptr);
  quartz_collection_destroy(nullptr);
  quartz_point_destroy(nullptr);
  quartz_hits_destroy(nullptr);
}

TEST(CErrors, have_names) {
  EXPECT_STREQ(quartz_code_name(QUARTZ_INVALID_ARGUMENT), "invalid_argument");
  EXPECT_STREQ(quartz_code_name(QUARTZ_CONFLICT), "conflict");
  EXPECT_STREQ(quartz_code_name(QUARTZ_OUT_OF_MEMORY), "out_of_memory");
  EXPECT_STREQ(quartz_code_name(static_cast<quartz_code>(0)), "unknown");
  EXPECT_STREQ(quartz_code_name(static_cast<quartz_code>(17)), "unknown");
}

TEST(CVersion, is_that_of_the_headers) { EXPECT_EQ(quartz_version(), quartz::version()); }

}  // namespace
}  // namespace quartz::c_test
