#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <new>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "quartz/client/client.hpp"
#include "support/sanitizers.hpp"

// Sanitizers have allocation functions of their own.
#if !QUARTZ_UNDER_ADDRESS_SANITIZER && !QUARTZ_UNDER_THREAD_SANITIZER

namespace {
thread_local std::uint64_t allocations = 0;  // Of this thread.
}

void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace quartz::client {
namespace {

namespace asio = boost::asio;

class Allocations : public ServedClient {
 protected:
  /// Gets a key again and again, several at a time, and tells how many allocations the last rounds
  /// have cost for each request.
  double of_gets_at_depth(std::size_t depth) {
    asio::io_context context;
    Client client{context.get_executor(), patient_config(url())};
    constexpr std::uint64_t kWarm = 2'000;
    constexpr std::uint64_t kCounted = 10'000;
    std::vector<std::string> values(depth);
    std::uint64_t done = 0;
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    std::function<void(std::size_t)> get = [&](std::size_t which) {
      client.async_get("key", values[which], [&, which](ClientResult<bool> found) {
        if (!found) return;  // Those that the end has cut off.
        EXPECT_TRUE(*found);
        ++done;
        if (done == kWarm) before = allocations;
        if (done == kWarm + kCounted) {
          after = allocations;
          client.close();
        }
        if (done < kWarm + kCounted) get(which);
      });
    };
    client.async_set("key", std::string(100, 'v'), [&](ClientResult<bool>) {
      for (std::size_t which = 0; which < depth; ++which) get(which);
    });
    context.run();
    return static_cast<double>(after - before) / static_cast<double>(kCounted);
  }
};

TEST_F(Allocations, of_a_get_into_a_string_are_none_in_the_long_run) {
  EXPECT_LE(of_gets_at_depth(1), 0.01);
}

TEST_F(Allocations, of_many_gets_at_a_time_are_none_in_the_long_run) {
  EXPECT_LE(of_gets_at_depth(50), 0.01);
}

TEST_F(Allocations, of_a_coroutine_that_gets_are_none_in_the_long_run) {
  asio::io_context context;
  Client client{context.get_executor(), patient_config(url())};
  std::uint64_t before = 0;
  constexpr int kWarm = 1'000;
  constexpr int kCounted = 10'000;
  asio::co_spawn(
      context,
      [&]() -> asio::awaitable<void> {
        const auto set =
            co_await client.async_set("key", std::string(100, 'v'), asio::use_awaitable);
        EXPECT_TRUE(set.value());
        std::string value;
        for (int i = 0; i < kWarm + kCounted; ++i) {
          if (i == kWarm) before = allocations;
          const auto found = co_await client.async_get("key", value, asio::use_awaitable);
          EXPECT_TRUE(found.value());
        }
        client.close();
      },
      asio::detached);
  context.run();
  EXPECT_LE(static_cast<double>(allocations - before) / kCounted, 0.01);
}

}  // namespace
}  // namespace quartz::client

#endif
