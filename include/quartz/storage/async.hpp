#pragma once

// The asynchronous forms of StorageEngine, for applications that use Boost.Asio. Nothing else of
// Quartz includes Asio.
//
//   auto value = co_await engine.async_get("key", boost::asio::use_awaitable);
//
// Completion signatures: `void(Result<std::optional<std::string>>)` for async_get, and
// `void(Result<void>)` for the others. Any completion token works. The handler runs on its
// associated executor; without one, on Asio's `system_executor`.
//
// No thread of the caller waits for a read of the levels, for a flush or a compaction, or for the
// sync of its own record. What memory answers at once (a read of a fresh or cached row, a write
// that need not reach the disk) is completed at once, as by `asio::dispatch`: inside the initiating
// call if that runs on the handler's executor. A chain of such completions is cut every few steps
// by an `asio::post`, so that loops do not grow the stack. The rest is completed from elsewhere, as
// by `asio::post`: reads of the levels and delayed writes by a pool of
// `StorageConfig::read_threads`, disk-durable writes and `async_sync` by the sync that they share.
//
// A write that is not delayed is put into the log by the calling thread, one writer at a time. That
// takes memory alone, but where a segment of the log is full and the next one, which is prepared
// beside it, is not ready, or is too small for the batch: the writer then makes one (a file is
// created, its space reserved, and synced), and the others wait for it. So does, once, the first
// write or sync that asks for `Durability::disk`. With `LogMedium::file` each record, and the
// header of each segment, is a write to the file.
//
// Operations cannot be cancelled: a write that was accepted will be done. An engine that is closed
// completes what it accepted before; later calls complete with `closed`. Keys, values and batches
// are copied or moved in; a read set of `WriteOptions::unchanged` is not, and must stay as it is
// until the write has completed.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "quartz/storage/async_operations.hpp"
#include "quartz/storage/storage_engine.hpp"

namespace quartz {
namespace storage {

/// How deep completions inside of initiations may nest on one thread.
inline constexpr int kInlineCompletionsMax = 16;
inline thread_local int inline_completions = 0;  ///< How deep they nest on this thread now.

/// Completes with a result that is there already.
template <class Handler, class T>
void complete_at_once(Handler&& handler, Result<T> result) {
  const auto executor = boost::asio::get_associated_executor(handler);
  auto call = [handler = std::forward<Handler>(handler), result = std::move(result)]() mutable {
    ++inline_completions;
    std::move(handler)(std::move(result));
    --inline_completions;
  };
  if (inline_completions < kInlineCompletionsMax) {
    boost::asio::dispatch(executor, std::move(call));
  } else {
    boost::asio::post(executor, std::move(call));
  }
}

/// Wraps a handler so that a thread of the engine can complete it, once, on its own executor, which
/// meanwhile knows that work is outstanding. The executor's context may end as soon as the handler
/// has been called: the engine's thread holds neither of them any more.
template <class T, class Handler>
std::function<void(Result<T>)> complete_elsewhere(Handler handler) {
  struct Pending {
    explicit Pending(Handler h) : work(boost::asio::make_work_guard(h)), handler(std::move(h)) {}
    boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler>> work;
    Handler handler;
  };
  struct Shared {
    std::unique_ptr<Pending> pending;  // Until it is posted.
    std::atomic<bool> posted{false};   // And whoever posted holds nothing of it.
  };
  auto shared = std::make_shared<Shared>();
  shared->pending = std::make_unique<Pending>(std::move(handler));
  return [shared](Result<T> result) {
    {
      auto executor = shared->pending->work.get_executor();
      boost::asio::post(std::move(executor), [shared, pending = std::move(shared->pending),
                                              result = std::move(result)]() mutable {
        shared->posted.wait(false);  // For no longer than `post` takes to return.
        auto taken = std::move(pending->handler);
        pending.reset();
        std::move(taken)(std::move(result));
      });
    }
    shared->posted = true;
    shared->posted.notify_one();
  };
}

}  // namespace storage

template <class CompletionToken>
auto StorageEngine::async_get(const Keyspace& keyspace, std::string key,
                              CompletionToken&& token) const {
  using storage::OptionalValue;
  return boost::asio::async_initiate<CompletionToken, void(Result<OptionalValue>)>(
      [](auto handler, std::shared_ptr<storage::Engine> engine, Keyspace from, std::string wanted) {
        if (auto known = storage::get_from_memory(*engine, from, wanted)) {
          return storage::complete_at_once(std::move(handler), *std::move(known));
        }
        storage::get_in_background(*engine, std::move(from), std::move(wanted),
                                   storage::complete_elsewhere<OptionalValue>(std::move(handler)));
      },
      token, engine_, keyspace, std::move(key));
}

template <class CompletionToken>
auto StorageEngine::async_get(std::string key, CompletionToken&& token) const {
  return async_get(default_keyspace(), std::move(key), std::forward<CompletionToken>(token));
}

template <class CompletionToken>
auto StorageEngine::async_write(WriteBatch batch, WriteOptions options, CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(Result<void>)>(
      [](auto handler, std::shared_ptr<storage::Engine> engine, WriteBatch operations,
         WriteOptions how) {
        if (auto written = storage::write_at_once(*engine, operations, how)) {
          return storage::complete_at_once(std::move(handler), *std::move(written));
        }
        storage::write_in_background(*engine, std::move(operations), how,
                                     storage::complete_elsewhere<void>(std::move(handler)));
      },
      token, engine_, std::move(batch), options);
}

template <class CompletionToken>
auto StorageEngine::async_write(WriteBatch batch, CompletionToken&& token) {
  return async_write(std::move(batch), WriteOptions{}, std::forward<CompletionToken>(token));
}

template <class CompletionToken>
auto StorageEngine::async_put(std::string_view key, std::string_view value, WriteOptions options,
                              CompletionToken&& token) {
  WriteBatch batch;
  batch.put(key, value);
  return async_write(std::move(batch), options, std::forward<CompletionToken>(token));
}

template <class CompletionToken>
auto StorageEngine::async_put(std::string_view key, std::string_view value,
                              CompletionToken&& token) {
  return async_put(key, value, WriteOptions{}, std::forward<CompletionToken>(token));
}

template <class CompletionToken>
auto StorageEngine::async_remove(std::string_view key, WriteOptions options,
                                 CompletionToken&& token) {
  WriteBatch batch;
  batch.remove(key);
  return async_write(std::move(batch), options, std::forward<CompletionToken>(token));
}

template <class CompletionToken>
auto StorageEngine::async_remove(std::string_view key, CompletionToken&& token) {
  return async_remove(key, WriteOptions{}, std::forward<CompletionToken>(token));
}

template <class CompletionToken>
auto StorageEngine::async_flush(CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(Result<void>)>(
      [](auto handler, std::shared_ptr<storage::Engine> engine) {
        storage::flush_in_background(*engine,
                                     storage::complete_elsewhere<void>(std::move(handler)));
      },
      token, engine_);
}

template <class CompletionToken>
auto StorageEngine::async_sync(CompletionToken&& token) {
  return boost::asio::async_initiate<CompletionToken, void(Result<void>)>(
      [](auto handler, std::shared_ptr<storage::Engine> engine) {
        storage::sync_in_background(*engine, storage::complete_elsewhere<void>(std::move(handler)));
      },
      token, engine_);
}

}  // namespace quartz
