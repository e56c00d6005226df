#include "quartz/storage/async.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/engine.hpp"
#include "support/held_syncs.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

namespace asio = boost::asio;
using ::testing::HasSubstr;
using Value = std::optional<std::string>;

constexpr WriteOptions kDisk{.durability = Durability::disk};

class AsyncEngine : public ::testing::Test {
 protected:
  // Makes rows of the levels cold: neither cached nor in a memtable.
  void reopen() {
    engine_.reset();
    engine_.emplace(storage::Engine::open(scratch_ / "db", small_config(), files_).value());
  }
  // Runs `work` on the context's thread, as a handler would.
  template <class Work>
  void run(Work work) {
    asio::post(context_, std::move(work));
    context_.run();
    context_.restart();
  }
  // A completion handler on the context.
  template <class Handler>
  auto bound(Handler handler) {
    return asio::bind_executor(context_.get_executor(), std::move(handler));
  }

  ScratchDirectory scratch_;
  io::HeldSyncs files_{io::posix_file_system()};
  asio::io_context context_;
  std::optional<StorageEngine> engine_{
      storage::Engine::open(scratch_ / "db", small_config(), files_).value()};
};

TEST_F(AsyncEngine, a_coroutine_writes_and_reads) {
  bool finished = false;
  asio::co_spawn(
      context_,
      [&]() -> asio::awaitable<void> {
        StorageEngine& engine = *engine_;
        EXPECT_THAT(co_await engine.async_put("a", "1", asio::use_awaitable), Succeeds());
        EXPECT_THAT(co_await engine.async_put("b", "2", kDisk, asio::use_awaitable), Succeeds());
        const auto a = co_await engine.async_get("a", asio::use_awaitable);
        EXPECT_EQ(a.value(), "1");
        EXPECT_THAT(co_await engine.async_remove("a", asio::use_awaitable), Succeeds());
        const auto gone = co_await engine.async_get("a", asio::use_awaitable);
        EXPECT_EQ(gone.value(), std::nullopt);
        WriteBatch batch;
        batch.put("c", "3").remove("b");
        EXPECT_THAT(co_await engine.async_write(std::move(batch), asio::use_awaitable), Succeeds());
        EXPECT_THAT(co_await engine.async_sync(asio::use_awaitable), Succeeds());
        EXPECT_THAT(co_await engine.async_flush(asio::use_awaitable), Succeeds());
        const auto c = co_await engine.async_get("c", asio::use_awaitable);
        EXPECT_EQ(c.value(), "3");
        finished = true;
      },
      asio::detached);
  context_.run();
  EXPECT_TRUE(finished);
  EXPECT_EQ(rows_of(*engine_), (Rows{{"c", "3"}}));
}

TEST_F(AsyncEngine, a_future_is_fulfilled) {
  asio::thread_pool pool(1);
  auto token = asio::bind_executor(pool.get_executor(), asio::use_future);
  EXPECT_THAT(engine_->async_put("key", "value", token).get(), Succeeds());
  EXPECT_THAT(engine_->async_put("disk", "value", kDisk, token).get(), Succeeds());
  EXPECT_EQ(engine_->async_get("key", token).get().value(), "value");
  EXPECT_THAT(engine_->async_flush(token).get(), Succeeds());
  EXPECT_THAT(engine_->async_remove("key", kDisk, token).get(), Succeeds());
  EXPECT_EQ(engine_->async_get("key", token).get().value(), std::nullopt);
  pool.join();
}

TEST_F(AsyncEngine, a_handler_without_an_executor_is_called_all_the_same) {
  std::promise<Value> answer;
  ASSERT_THAT(engine_->put("key", "value"), Succeeds());
  ASSERT_THAT(engine_->flush(), Succeeds());
  reopen();
  engine_->async_get("key", [&](Result<Value> value) { answer.set_value(*std::move(value)); });
  EXPECT_EQ(answer.get_future().get(), "value");
}

TEST_F(AsyncEngine, what_memory_knows_completes_inside_of_the_call) {
  ASSERT_THAT(engine_->put("key", "value"), Succeeds());
  run([&] {
    int completed = 0;
    engine_->async_get("key", bound([&](Result<Value> value) {
                         EXPECT_EQ(value.value(), "value");
                         ++completed;
                       }));
    EXPECT_EQ(completed, 1);
    engine_->async_put("key", "new", bound([&](Result<void> written) {
                         EXPECT_THAT(written, Succeeds());
                         ++completed;
                       }));
    EXPECT_EQ(completed, 2);
    engine_->async_remove("key", bound([&](Result<void>) { ++completed; }));
    EXPECT_EQ(completed, 3);
    // A fresh tombstone is knowledge, too.
    engine_->async_get("key", bound([&](Result<Value> value) {
                         EXPECT_EQ(value.value(), std::nullopt);
                         ++completed;
                       }));
    EXPECT_EQ(completed, 4);
  });
}

TEST_F(AsyncEngine, what_memory_knows_still_waits_for_the_executor_of_its_handler) {
  ASSERT_THAT(engine_->put("key", "value"), Succeeds());
  std::thread::id completed_on;
  engine_->async_get("key",
                     bound([&](Result<Value>) { completed_on = std::this_thread::get_id(); }));
  EXPECT_EQ(completed_on, std::thread::id());
  std::thread other([&] { context_.run(); });
  const auto id = other.get_id();
  other.join();
  EXPECT_EQ(completed_on, id);
}

TEST_F(AsyncEngine, a_row_of_the_levels_is_fetched_elsewhere_and_completes_on_the_executor) {
  ASSERT_THAT(engine_->put("key", "value"), Succeeds());
  ASSERT_THAT(engine_->flush(), Succeeds());
  reopen();
  bool completed = false;
  const auto here = std::this_thread::get_id();
  asio::post(context_, [&] {
    engine_->async_get("key", bound([&](Result<Value> value) {
                         EXPECT_EQ(value.value(), "value");
                         EXPECT_EQ(std::this_thread::get_id(), here);
                         completed = true;
                       }));
    EXPECT_FALSE(completed);
  });
  // The context has nothing else to do, and still does not end before it is there.
  context_.run();
  EXPECT_TRUE(completed);
  EXPECT_EQ(engine_->statistics().gets, 1u);
}

TEST_F(AsyncEngine, a_key_that_no_table_can_hold_completes_inside_of_the_call) {
  ASSERT_THAT(engine_->put("key", "value"), Succeeds());
  ASSERT_THAT(engine_->flush(), Succeeds());
  reopen();
  run([&] {
    bool completed = false;
    engine_->async_get("absent", bound([&](Result<Value> value) {
                         EXPECT_EQ(value.value(), std::nullopt);
                         completed = true;
                       }));
    EXPECT_TRUE(completed);
  });
}

TEST_F(AsyncEngine, disk_durable_writes_neither_block_nor_sync_one_by_one) {
  constexpr int kWrites = 200;
  files_.hold();
  int completed = 0;
  const std::uint64_t syncs = engine_->statistics().log_syncs;
  for (int i = 0; i < kWrites; ++i) {
    asio::post(context_, [&, i] {
      engine_->async_put(numbered_key(static_cast<std::uint64_t>(i)), "value", kDisk,
                         bound([&](Result<void> written) {
                           EXPECT_THAT(written, Succeeds());
                           ++completed;
                         }));
    });
  }
  // All of them are begun, and visible, while no sync can end.
  context_.poll();
  files_.wait_until_held();
  EXPECT_EQ(completed, 0);
  EXPECT_EQ(keys_of(*engine_).size(), static_cast<std::size_t>(kWrites));
  files_.release();
  context_.run();
  EXPECT_EQ(completed, kWrites);
  EXPECT_LE(engine_->statistics().log_syncs - syncs, 3u);
}

TEST_F(AsyncEngine, a_disk_durable_write_completes_after_its_sync_only) {
  files_.hold();
  std::atomic<bool> completed{false};
  std::uint64_t syncs_at_completion = 0;
  engine_->async_put("key", "value", kDisk, bound([&](Result<void>) {
                       syncs_at_completion = files_.syncs();
                       completed = true;
                     }));
  const std::uint64_t syncs = files_.syncs();
  files_.wait_until_held();
  context_.poll();
  EXPECT_FALSE(completed);
  files_.release();
  context_.run();
  EXPECT_TRUE(completed);
  EXPECT_GT(syncs_at_completion, syncs);
}

TEST_F(AsyncEngine, a_condition_holds_or_is_a_conflict_under_every_durability) {
  int completed = 0;
  for (const Durability durability : {Durability::memory, Durability::process, Durability::disk}) {
    ReadSet reads(engine_->sequence());
    reads.add("key");
    const WriteOptions options{.durability = durability, .unchanged = &reads};
    const auto expect = [&](const auto& matcher) {
      return bound([&completed, matcher](Result<void> written) {
        EXPECT_THAT(written, matcher);
        ++completed;
      });
    };
    engine_->async_put("other", "1", options, expect(Succeeds()));
    engine_->async_write(WriteBatch(), options, expect(Succeeds()));
    ASSERT_THAT(engine_->put("key", "value"), Succeeds());
    engine_->async_put("other", "2", options, expect(FailsWith(Errc::conflict)));
    engine_->async_remove("other", options, expect(FailsWith(Errc::conflict)));
    engine_->async_write(WriteBatch(), options, expect(FailsWith(Errc::conflict)));
    context_.run();
    context_.restart();
    EXPECT_EQ(read(*engine_, "other"), "1");
  }
  EXPECT_EQ(completed, 15);
}

TEST_F(AsyncEngine, syncs_neither_block_nor_sync_one_by_one) {
  constexpr int kSyncs = 200;
  files_.hold();
  int completed = 0;
  const std::uint64_t syncs = engine_->statistics().log_syncs;
  for (int i = 0; i < kSyncs; ++i) {
    asio::post(context_, [&, i] {
      EXPECT_THAT(engine_->put(numbered_key(static_cast<std::uint64_t>(i)), "value"), Succeeds());
      engine_->async_sync(bound([&](Result<void> synced) {
        EXPECT_THAT(synced, Succeeds());
        ++completed;
      }));
    });
  }
  context_.poll();
  files_.wait_until_held();
  EXPECT_EQ(completed, 0);
  EXPECT_EQ(keys_of(*engine_).size(), static_cast<std::size_t>(kSyncs));
  files_.release();
  context_.run();
  EXPECT_EQ(completed, kSyncs);
  EXPECT_LE(engine_->statistics().log_syncs - syncs, 3u);
}

TEST_F(AsyncEngine, a_sync_completes_once_what_was_acknowledged_before_it_is_on_the_disk) {
  ASSERT_THAT(engine_->put("key", "value"), Succeeds());
  files_.hold();
  bool completed = false;
  std::uint64_t syncs_at_completion = 0;
  const std::uint64_t syncs = files_.syncs();
  engine_->async_sync(bound([&](Result<void> synced) {
    EXPECT_THAT(synced, Succeeds());
    syncs_at_completion = files_.syncs();
    completed = true;
  }));
  files_.wait_until_held();
  context_.poll();
  EXPECT_FALSE(completed);
  files_.release();
  context_.run();
  EXPECT_TRUE(completed);
  EXPECT_GT(syncs_at_completion, syncs);
}

TEST_F(AsyncEngine, a_sync_with_nothing_to_do_completes_without_one) {
  ASSERT_THAT(engine_->put("key", "value", kDisk), Succeeds());
  const std::uint64_t syncs = engine_->statistics().log_syncs;
  bool completed = false;
  engine_->async_sync(bound([&](Result<void> synced) {
    EXPECT_THAT(synced, Succeeds());
    completed = true;
  }));
  context_.run();
  EXPECT_TRUE(completed);
  EXPECT_EQ(engine_->statistics().log_syncs, syncs);
}

TEST_F(AsyncEngine, without_a_log_a_sync_is_a_flush) {
  StorageConfig config = small_config();
  config.enable_wal = false;
  StorageEngine engine = open_small(scratch_ / "unlogged", config);
  ASSERT_THAT(engine.put("key", "value"), Succeeds());
  bool completed = false;
  engine.async_sync(bound([&](Result<void> synced) {
    EXPECT_THAT(synced, Succeeds());
    completed = true;
  }));
  context_.run();
  EXPECT_TRUE(completed);
  EXPECT_EQ(engine.statistics().flushes, 1u);
}

TEST_F(AsyncEngine, an_empty_batch_completes_under_every_durability) {
  int completed = 0;
  for (const Durability durability : {Durability::memory, Durability::process, Durability::disk}) {
    engine_->async_write(WriteBatch(), {.durability = durability}, bound([&](Result<void> written) {
                           EXPECT_THAT(written, Succeeds());
                           ++completed;
                         }));
  }
  context_.run();
  EXPECT_EQ(completed, 3);
}

// Each completion starts the next operation.
class Chain {
 public:
  Chain(StorageEngine& engine, asio::io_context& context, int length)
      : engine_(engine), context_(context), left_(length) {}

  void step() {
    if (left_-- == 0) return;
    ++depth_;
    deepest_ = std::max(deepest_, depth_);
    auto next = asio::bind_executor(context_.get_executor(), [this](auto&&) { step(); });
    left_ % 2 == 0 ? engine_.async_get("key", next) : engine_.async_put("key", "value", next);
    --depth_;
  }
  int left() const { return left_; }
  int deepest() const { return deepest_; }

 private:
  StorageEngine& engine_;
  asio::io_context& context_;
  int left_;
  int depth_ = 0;
  int deepest_ = 0;
};

TEST_F(AsyncEngine, a_long_chain_of_inline_completions_does_not_grow_the_stack) {
  ASSERT_THAT(engine_->put("key", "value"), Succeeds());
  Chain chain(*engine_, context_, 20000);
  run([&] { chain.step(); });
  EXPECT_EQ(chain.left(), -1);
  EXPECT_GT(chain.deepest(), 1);
  EXPECT_LE(chain.deepest(), storage::kInlineCompletionsMax + 1);
}

TEST_F(AsyncEngine, errors_arrive_in_the_completion) {
  int completed = 0;
  const auto expect = [&](Errc code) {
    return bound([&, code](Result<void> written) {
      EXPECT_THAT(written, FailsWith(code));
      ++completed;
    });
  };
  const std::string long_key(kKeyBytesMax + 1, 'k');
  engine_->async_put(long_key, "value", expect(Errc::too_large));
  engine_->async_put(long_key, "value", kDisk, expect(Errc::too_large));
  const Keyspace dropped = engine_->create_keyspace("dropped").value();
  ASSERT_THAT(engine_->drop_keyspace(dropped), Succeeds());
  WriteBatch batch;
  batch.put(dropped, "key", "value");
  engine_->async_write(batch, expect(Errc::closed));
  engine_->async_write(batch, kDisk, expect(Errc::closed));
  engine_->async_get(dropped, "key", bound([&](Result<Value> value) {
                       EXPECT_THAT(value, FailsWith(Errc::closed, HasSubstr("dropped")));
                       ++completed;
                     }));
  context_.run();
  EXPECT_EQ(completed, 5);
}

TEST_F(AsyncEngine, reads_the_keyspace_that_it_is_told) {
  const Keyspace names = engine_->create_keyspace("names").value();
  ASSERT_THAT(engine_->put(names, "key", "Ada"), Succeeds());
  ASSERT_THAT(engine_->flush(), Succeeds());
  reopen();
  Value answer;
  engine_->async_get(engine_->keyspace("names").value(), "key",
                     bound([&](Result<Value> value) { answer = *std::move(value); }));
  context_.run();
  EXPECT_EQ(answer, "Ada");
}

TEST_F(AsyncEngine, after_close_everything_completes_with_closed) {
  ASSERT_THAT(engine_->close(), Succeeds());
  int completed = 0;
  const auto closed = [&] {
    return bound([&](auto result) {
      EXPECT_THAT(result, FailsWith(Errc::closed));
      ++completed;
    });
  };
  engine_->async_get("key", closed());
  engine_->async_put("key", "value", closed());
  engine_->async_put("key", "value", kDisk, closed());
  engine_->async_remove("key", closed());
  engine_->async_remove("key", kDisk, closed());
  engine_->async_write(WriteBatch().put("key", "value"), closed());
  engine_->async_write(WriteBatch(), closed());
  engine_->async_write(WriteBatch(), kDisk, closed());
  engine_->async_flush(closed());
  engine_->async_sync(closed());
  context_.run();
  EXPECT_EQ(completed, 10);
}

TEST_F(AsyncEngine, close_completes_what_was_accepted_before) {
  files_.hold();
  int completed = 0;
  for (std::uint64_t i = 0; i < 20; ++i) {
    engine_->async_put(numbered_key(i), "value", kDisk, bound([&](Result<void> written) {
                         EXPECT_THAT(written, Succeeds());
                         ++completed;
                       }));
  }
  files_.wait_until_held();
  std::thread closer([&] { EXPECT_THAT(engine_->close(), Succeeds()); });
  files_.release();
  closer.join();
  context_.run();
  EXPECT_EQ(completed, 20);
  reopen();
  EXPECT_EQ(keys_of(*engine_).size(), 20u);
}

TEST_F(AsyncEngine, without_a_log_writes_complete_and_disk_durability_is_refused) {
  StorageConfig config = small_config();
  config.enable_wal = false;
  StorageEngine engine = open_small(scratch_ / "unlogged", config);
  int completed = 0;
  engine.async_put("key", "value", bound([&](Result<void> written) {
                     EXPECT_THAT(written, Succeeds());
                     ++completed;
                   }));
  engine.async_put("key", "disk", kDisk, bound([&](Result<void> written) {
                     EXPECT_THAT(written, FailsWith(Errc::invalid_argument));
                     ++completed;
                   }));
  context_.run();
  EXPECT_EQ(completed, 2);
  EXPECT_EQ(read(engine, "key"), "value");
}

// Posts to a context, and takes its time to return.
class SlowExecutor {
 public:
  struct Poster {
    asio::io_context context;
    bool handled = false;
  };

  explicit SlowExecutor(std::shared_ptr<Poster> poster) : poster_(std::move(poster)) {}

  template <class Function>
  void execute(Function function) const {
    asio::post(poster_->context, std::move(function));
    // Long enough for a handler that does not wait for the return to be called.
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  asio::execution_context& query(asio::execution::context_t) const noexcept {
    return poster_->context;
  }
  static constexpr asio::execution::blocking_t query(asio::execution::blocking_t) noexcept {
    return asio::execution::blocking.never;
  }
  bool operator==(const SlowExecutor&) const = default;

 private:
  std::shared_ptr<Poster> poster_;
};

TEST_F(AsyncEngine, nothing_of_a_handler_is_held_once_it_was_called) {
  const auto poster = std::make_shared<SlowExecutor::Poster>();
  long holders = 0;
  files_.hold();
  engine_->async_put("key", "value", kDisk,
                     asio::bind_executor(SlowExecutor(poster), [&](Result<void> written) {
                       EXPECT_THAT(written, Succeeds());
                       poster->handled = true;
                       holders = poster.use_count();
                     }));
  files_.wait_until_held();
  const auto work = asio::make_work_guard(poster->context);
  files_.release();
  poster->context.run_one();
  EXPECT_TRUE(poster->handled);
  // This test, and the handler with its executor.
  EXPECT_EQ(holders, 2);
}

TEST_F(AsyncEngine, a_burst_beyond_the_memory_of_the_engine_completes) {
  // Writers that would have to wait for a flush do so on the engine's threads.
  constexpr std::uint64_t kWrites = 3000;
  std::uint64_t completed = 0;
  const std::string value(2000, 'v');
  for (std::uint64_t i = 0; i < kWrites; ++i) {
    asio::post(context_, [&, i] {
      engine_->async_put(numbered_key(i), value, i % 3 == 0 ? kDisk : WriteOptions{},
                         bound([&](Result<void> written) {
                           EXPECT_THAT(written, Succeeds());
                           ++completed;
                         }));
    });
  }
  context_.run();
  EXPECT_EQ(completed, kWrites);
  EXPECT_EQ(keys_of(*engine_).size(), kWrites);
}

}  // namespace
}  // namespace quartz
