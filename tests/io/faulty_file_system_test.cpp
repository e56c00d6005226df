#include "support/faulty_file_system.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "base/coding.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::io {
namespace {

using testing::EndsWith;

struct Fixture {
  ScratchDirectory scratch;
  FaultyFileSystem files{posix_file_system()};

  std::unique_ptr<File> create(const char* name) {
    return files.open(scratch / name, OpenMode::create_new).value();
  }
};

TEST(FaultyFileSystem, without_rules_calls_reach_the_file_system_and_are_counted) {
  Fixture f;
  const auto file = f.create("a");
  EXPECT_THAT(file->write_at(0, as_bytes("hello")), Succeeds());
  EXPECT_THAT(file->write_at(5, as_bytes("!")), Succeeds());
  EXPECT_EQ(*file->size(), 6u);
  EXPECT_EQ(f.files.calls(Operation::write), 2u);
  EXPECT_EQ(f.files.calls(Operation::sync_data), 0u);
  EXPECT_EQ(f.files.calls(), 4u);
  EXPECT_EQ(f.files.faults(), 0u);
}

TEST(FaultyFileSystem, the_nth_call_fails_once_without_effect) {
  Fixture f;
  const auto file = f.create("a");
  f.files.fail(Operation::write, 2, Errc::no_space);
  EXPECT_THAT(file->write_at(0, as_bytes("1")), Succeeds());
  EXPECT_THAT(file->write_at(1, as_bytes("2")),
              FailsWith(Errc::no_space, EndsWith("/a: injected fault in write")));
  EXPECT_EQ(*file->size(), 1u);
  EXPECT_THAT(file->write_at(1, as_bytes("2")), Succeeds());
  EXPECT_EQ(f.files.faults(), 1u);
}

TEST(FaultyFileSystem, a_short_write_leaves_its_first_half) {
  Fixture f;
  const auto file = f.create("a");
  f.files.fail_any(1, Errc::no_space, FaultLength::once, FaultEffect::short_write);
  EXPECT_THAT(file->write_at(0, as_bytes("half")), FailsWith(Errc::no_space));
  EXPECT_EQ(*file->size(), 2u);
  f.files.fail_any(1, Errc::no_space, FaultLength::once, FaultEffect::short_write);
  EXPECT_THAT(file->truncate(0), FailsWith(Errc::no_space));
  EXPECT_EQ(*file->size(), 2u);
}

TEST(FaultyFileSystem, spared_calls_pass_and_do_not_count) {
  Fixture f;
  const auto file = f.create("spared");
  f.files.spare(Operation::write, "/spared");
  f.files.fail_any(1, Errc::io_error);
  EXPECT_THAT(file->write_at(0, as_bytes("x")), Succeeds());
  EXPECT_EQ(f.files.calls(Operation::write), 0u);
  EXPECT_THAT(file->sync_data(), FailsWith(Errc::io_error));
}

TEST(FaultyFileSystem, a_lasting_fault_stays_until_it_is_cleared) {
  Fixture f;
  const auto file = f.create("a");
  f.files.fail(Operation::sync_data, 1, Errc::io_error, FaultLength::for_ever);
  for (int i = 0; i < 3; ++i) EXPECT_THAT(file->sync_data(), FailsWith(Errc::io_error));
  f.files.clear_faults();
  EXPECT_THAT(file->sync_data(), Succeeds());
}

TEST(FaultyFileSystem, a_rule_can_be_about_some_paths_only) {
  Fixture f;
  const auto log = f.create("000001.log");
  const auto other = f.create("other");
  f.files.fail(Operation::sync_data, 1, Errc::io_error, FaultLength::once, ".log");
  EXPECT_THAT(other->sync_data(), Succeeds());
  EXPECT_THAT(log->sync_data(), FailsWith(Errc::io_error));
}

TEST(FaultyFileSystem, a_rule_for_any_operation_counts_them_all) {
  Fixture f;
  const auto file = f.create("a");
  f.files.fail_any(3, Errc::io_error);
  EXPECT_THAT(file->size(), Succeeds());
  EXPECT_THAT(file->truncate(4096), Succeeds());
  EXPECT_THAT(f.files.exists(f.scratch / "a"), FailsWith(Errc::io_error));
  EXPECT_THAT(file->map(4096, Mapping::Pages::small), Succeeds());
}

TEST(FaultyFileSystem, every_operation_can_be_failed) {
  Fixture f;
  const auto file = f.create("a");
  const Path a = f.scratch / "a";
  std::vector<std::byte> buffer(1);
  for (std::size_t i = 0; i < kOperations; ++i) {
    f.files.fail(static_cast<Operation>(i), 1, Errc::busy);
  }
  EXPECT_THAT(f.files.open(a, OpenMode::read), FailsWith(Errc::busy));
  EXPECT_THAT(file->size(), FailsWith(Errc::busy));
  EXPECT_THAT(file->read_at(0, buffer), FailsWith(Errc::busy));
  EXPECT_THAT(file->write_at(0, buffer), FailsWith(Errc::busy));
  EXPECT_THAT(file->allocate(1), FailsWith(Errc::busy));
  EXPECT_THAT(file->truncate(1), FailsWith(Errc::busy));
  EXPECT_THAT(file->sync_data(), FailsWith(Errc::busy));
  EXPECT_THAT(file->map(1, Mapping::Pages::small), FailsWith(Errc::busy));
  EXPECT_THAT(f.files.create_directories(a), FailsWith(Errc::busy));
  EXPECT_THAT(f.files.sync_directory(a), FailsWith(Errc::busy));
  EXPECT_THAT(f.files.list(a), FailsWith(Errc::busy));
  EXPECT_THAT(f.files.exists(a), FailsWith(Errc::busy));
  EXPECT_THAT(f.files.rename(a, a), FailsWith(Errc::busy));
  EXPECT_THAT(f.files.link_or_copy(a, a), FailsWith(Errc::busy));
  EXPECT_THAT(f.files.remove(a), FailsWith(Errc::busy));
  EXPECT_THAT(f.files.remove_directory(a), FailsWith(Errc::busy));
  EXPECT_THAT(f.files.free_bytes(a), FailsWith(Errc::busy));
  EXPECT_THAT(f.files.keeps_allocation(a), FailsWith(Errc::busy));
  EXPECT_THAT(f.files.lock_directory(a), FailsWith(Errc::busy));
  EXPECT_EQ(f.files.faults(), kOperations);
}

TEST(FaultyFileSystem, threads_share_one_count) {
  Fixture f;
  f.files.fail(Operation::exists, 100, Errc::io_error);
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 50; ++i) failures += f.files.exists(f.scratch / "a") ? 0 : 1;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 1);
  EXPECT_EQ(f.files.calls(Operation::exists), 200u);
}

}  // namespace
}  // namespace quartz::io
