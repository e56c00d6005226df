// Asynchronous reads and writes with Boost.Asio coroutines. What memory can answer completes
// without a detour; a write that must survive power loss waits for its sync without blocking a
// thread.

#include <iostream>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <quartz/quartz.hpp>
#include <quartz/storage/async.hpp>

namespace asio = boost::asio;

asio::awaitable<void> place_order(quartz::StorageEngine& engine) {
  quartz::WriteBatch batch;
  batch.put("order:1", "3 apples").put("stock:apples", "97");
  const auto stored = co_await engine.async_write(
      std::move(batch), {.durability = quartz::Durability::disk}, asio::use_awaitable);
  if (!stored) {
    std::cerr << stored.error().to_string() << '\n';
    co_return;
  }
  const auto order = co_await engine.async_get("order:1", asio::use_awaitable);
  if (order && *order) std::cout << "order:1 is " << **order << '\n';
}

int main() {
  auto engine = quartz::StorageEngine::open("./async_db");
  if (!engine) {
    std::cerr << engine.error().to_string() << '\n';
    return 1;
  }
  asio::io_context context;
  asio::co_spawn(context, place_order(*engine), asio::detached);
  context.run();
}
