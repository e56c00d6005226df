#include <fstream>
#include <functional>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/storage_engine.hpp"
#include "support/no_more_threads.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"
#include "support/tmpfs_mount.hpp"

namespace quartz {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

void write_file(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(EngineOpen, creates_directory_and_parents) {
  const ScratchDirectory scratch;
  StorageEngine engine = open_small(scratch / "a" / "b" / "db");
  EXPECT_TRUE(std::filesystem::exists(scratch / "a" / "b" / "db" / "FORMAT"));
  EXPECT_EQ(engine.directory(), scratch / "a" / "b" / "db");
}

TEST(EngineOpen, an_empty_path_is_refused) {
  EXPECT_THAT(StorageEngine::open("", small_config()), FailsWith(Errc::invalid_argument));
}

TEST(EngineOpen, a_missing_database_is_not_found_when_it_may_not_be_created) {
  const ScratchDirectory scratch;
  StorageConfig config = small_config();
  config.create_if_missing = false;
  EXPECT_THAT(StorageEngine::open(scratch / "db", config),
              FailsWith(Errc::not_found, HasSubstr((scratch / "db").string())));
  EXPECT_FALSE(std::filesystem::exists(scratch / "db"));
  EXPECT_THAT(StorageEngine::open(scratch.path(), config), FailsWith(Errc::not_found));
  EXPECT_TRUE(std::filesystem::is_empty(scratch.path()));
}

TEST(EngineOpen, an_existing_database_opens_without_leave_to_create) {
  const ScratchDirectory scratch;
  ASSERT_THAT(open_small(scratch / "db").put("key", "value"), Succeeds());
  StorageConfig config = small_config();
  config.create_if_missing = false;
  EXPECT_EQ(read(open_small(scratch / "db", config), "key"), "value");
}

TEST(EngineOpen, an_existing_database_is_refused_when_a_new_one_is_wanted) {
  const ScratchDirectory scratch;
  StorageConfig config = small_config();
  config.error_if_exists = true;
  {
    StorageEngine engine = open_small(scratch / "db", config);
  }
  EXPECT_THAT(StorageEngine::open(scratch / "db", config),
              FailsWith(Errc::already_exists, HasSubstr((scratch / "db").string())));
  EXPECT_THAT(StorageEngine::open(scratch / "db", small_config()), Succeeds());
}

TEST(EngineOpen, a_file_where_the_directory_should_be_is_refused) {
  const ScratchDirectory scratch;
  write_file(scratch / "db", "not a directory");
  EXPECT_FALSE(StorageEngine::open(scratch / "db", small_config()).has_value());
  EXPECT_EQ(read_file(scratch / "db"), "not a directory");
}

TEST(EngineOpen, a_configuration_without_sense_is_refused_and_names_the_option) {
  const ScratchDirectory scratch;
  StorageConfig config = small_config();
  config.segment_bytes = 1000;
  EXPECT_THAT(StorageEngine::open(scratch / "db", config),
              FailsWith(Errc::invalid_argument, HasSubstr("segment_bytes")));
  EXPECT_FALSE(std::filesystem::exists(scratch / "db"));
}

TEST(EngineOpen, a_second_handle_of_this_process_is_busy_and_names_the_lock) {
  const ScratchDirectory scratch;
  StorageEngine engine = open_small(scratch / "db");
  EXPECT_THAT(StorageEngine::open(scratch / "db", small_config()),
              FailsWith(Errc::busy, HasSubstr("LOCK")));
  // By another name, too.
  std::filesystem::create_directory_symlink(scratch / "db", scratch / "alias");
  EXPECT_THAT(StorageEngine::open(scratch / "alias", small_config()),
              FailsWith(Errc::busy, HasSubstr("LOCK")));
  EXPECT_THAT(engine.put("key", "value"), Succeeds());
}

// Opens `directory` in another process after `prepare` has run in this one, and reports
// what it was told.
std::string answer_to_another_process(const std::filesystem::path& directory,
                                      const std::function<void()>& prepare) {
  int ready[2];
  int answers[2];
  if (::pipe(ready) != 0 || ::pipe(answers) != 0) return "no pipe";
  // The child is made first, so that it inherits neither threads nor descriptors of an engine.
  const pid_t child = ::fork();
  if (child == 0) {
    char byte = 0;
    if (::read(ready[0], &byte, 1) != 1) ::_exit(1);
    auto opened = StorageEngine::open(directory, small_config());
    const std::string text = opened ? "opened" : opened.error().to_string();
    ::_exit(::write(answers[1], text.data(), text.size()) > 0 ? 0 : 1);
  }
  prepare();
  if (::write(ready[1], "x", 1) != 1) return "no write";
  std::string answer(4096, '\0');
  const ssize_t bytes = ::read(answers[0], answer.data(), answer.size());
  answer.resize(bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
  ::waitpid(child, nullptr, 0);
  for (const int end : {ready[0], ready[1], answers[0], answers[1]}) ::close(end);
  return answer;
}

TEST(EngineOpen, another_process_is_told_busy_with_lock_and_owner) {
  const ScratchDirectory scratch;
  std::optional<StorageEngine> engine;
  const std::string answer = answer_to_another_process(
      scratch / "db", [&] { engine.emplace(open_small(scratch / "db")); });
  EXPECT_THAT(answer,
              AllOf(HasSubstr("busy"), HasSubstr("LOCK"), HasSubstr(std::to_string(::getpid()))));
}

TEST(EngineOpen, another_process_may_open_what_was_closed) {
  const ScratchDirectory scratch;
  const std::string answer = answer_to_another_process(
      scratch / "db", [&] { ASSERT_THAT(open_small(scratch / "db").close(), Succeeds()); });
  EXPECT_EQ(answer, "opened");
}

TEST(EngineOpen, without_a_thread_to_be_had_is_refused_and_loses_nothing) {
  for (const bool enable_wal : {true, false}) {
    const ScratchDirectory scratch;
    StorageConfig config = small_config();
    config.enable_wal = enable_wal;
    ASSERT_THAT(open_small(scratch / "db", config).put("key", "value"), Succeeds());
    {
      const NoMoreThreads refused;
      EXPECT_THAT(StorageEngine::open(scratch / "db", config),
                  FailsWith(Errc::io_error, HasSubstr("thread")));
    }
    EXPECT_EQ(read(open_small(scratch / "db", config), "key"), "value");
  }
}

TEST(EngineOpen, a_read_only_file_system_is_refused_as_such) {
  if (!alone_in_process()) GTEST_SKIP() << "needs a process of its own, as ctest gives it";
  const auto disk = TmpfsMount::create(std::uint64_t{128} << 20);
  if (!disk) GTEST_SKIP() << "this process may not mount a file system";
  ASSERT_THAT(open_small(disk->path() / "db").put("key", "value"), Succeeds());
  ASSERT_TRUE(disk->make_read_only());
  EXPECT_THAT(StorageEngine::open(disk->path() / "db", small_config()),
              FailsWith(Errc::read_only, HasSubstr((disk->path() / "db").string())));
  EXPECT_THAT(StorageEngine::open(disk->path() / "new", small_config()),
              FailsWith(Errc::read_only));
}

TEST(EngineOpen, foreign_files_are_left_alone) {
  const ScratchDirectory scratch;
  const auto db = scratch / "db";
  {
    StorageEngine engine = open_small(db);
  }
  const std::vector<std::filesystem::path> foreign = {
      db / "notes.txt",        db / "log" / "notes.txt",     db / "log" / "1.log",
      db / "log" / "x.log.gz", db / "levels" / "notes.txt",  db / "ingest" / "notes.txt",
      db / "FORMAT.backup",    db / "log" / "000001.log.old"};
  for (const auto& path : foreign) write_file(path, "mine: " + path.string());
  for (int round = 0; round < 3; ++round) {
    StorageEngine engine = open_small(db);
    const Keyspace filler =
        round == 0 ? engine.create_keyspace("filler").value() : engine.keyspace("filler").value();
    for (int i = 0; i < 10; ++i) fill_active_memtable(engine, filler);
    ASSERT_THAT(engine.compact_range(), Succeeds());
  }
  for (const auto& path : foreign) EXPECT_EQ(read_file(path), "mine: " + path.string());
}

TEST(EngineOpen, a_directory_with_other_files_becomes_a_database_beside_them) {
  const ScratchDirectory scratch;
  write_file(scratch / "notes.txt", "mine");
  StorageEngine engine = open_small(scratch.path());
  EXPECT_THAT(engine.put("key", "value"), Succeeds());
  EXPECT_EQ(read_file(scratch / "notes.txt"), "mine");
}

TEST(EngineOpen, another_format_version_is_unsupported_and_nothing_is_touched) {
  const ScratchDirectory scratch;
  ASSERT_THAT(open_small(scratch / "db").put("key", "value"), Succeeds());
  const std::string text = read_file(scratch / "db" / "FORMAT");
  std::string newer = text;
  newer.replace(newer.find("format 2"), 8, "format 7");
  write_file(scratch / "db" / "FORMAT", newer);
  EXPECT_THAT(StorageEngine::open(scratch / "db", small_config()),
              FailsWith(Errc::unsupported, AllOf(HasSubstr("FORMAT"), HasSubstr("version 7"))));
  write_file(scratch / "db" / "FORMAT", text);
  EXPECT_EQ(read(open_small(scratch / "db"), "key"), "value");
}

TEST(EngineOpen, a_damaged_format_file_is_corruption_and_names_it) {
  const ScratchDirectory scratch;
  {
    StorageEngine engine = open_small(scratch / "db");
  }
  write_file(scratch / "db" / "FORMAT", "quartz database\nform");
  EXPECT_THAT(StorageEngine::open(scratch / "db", small_config()),
              FailsWith(Errc::corruption, HasSubstr("FORMAT")));
}

TEST(EngineOpen, a_missing_format_file_beside_a_log_is_corruption) {
  const ScratchDirectory scratch;
  ASSERT_THAT(open_small(scratch / "db").put("key", "value"), Succeeds());
  std::filesystem::remove(scratch / "db" / "FORMAT");
  EXPECT_THAT(StorageEngine::open(scratch / "db", small_config()),
              FailsWith(Errc::corruption, HasSubstr("FORMAT")));
}

TEST(EngineOpen, the_log_of_another_database_is_refused) {
  const ScratchDirectory scratch;
  ASSERT_THAT(open_small(scratch / "one").put("key", "1"), Succeeds());
  ASSERT_THAT(open_small(scratch / "two").put("key", "2"), Succeeds());
  std::filesystem::remove_all(scratch / "one" / "log");
  std::filesystem::copy(scratch / "two" / "log", scratch / "one" / "log");
  EXPECT_THAT(StorageEngine::open(scratch / "one", small_config()),
              FailsWith(Errc::corruption, HasSubstr(".log")));
}

TEST(EngineOpen,
     levels_that_are_missing_below_a_format_file_are_an_error_and_not_an_empty_database) {
  const ScratchDirectory scratch;
  {
    StorageEngine engine = open_small(scratch / "db");
    ASSERT_THAT(engine.put("key", "value"), Succeeds());
    ASSERT_THAT(engine.flush(), Succeeds());
  }
  std::filesystem::remove_all(scratch / "db" / "levels");
  EXPECT_FALSE(StorageEngine::open(scratch / "db", small_config()).has_value());
}

}  // namespace
}  // namespace quartz
