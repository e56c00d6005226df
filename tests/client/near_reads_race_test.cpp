#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"
#include "client/client_fixture.hpp"
#include "quartz/client/client.hpp"

namespace quartz::client {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kReadKeys = 16;
constexpr std::uint64_t kWriters = 2;
constexpr std::uint64_t kReaders = 2;
constexpr int kWritesOfEach = 3'000;
constexpr std::chrono::milliseconds kStaleAfter{50};

std::string read_key_of(std::size_t number) { return "key" + std::to_string(number); }

std::uint64_t version_read_in(const std::string& value) {
  std::uint64_t version = 0;
  std::from_chars(value.data(), value.data() + value.size(), version);
  return version;
}

/// Keys whose values are versions that only grow: each has one writer.
class NearReadsRace : public ServedClient {
 protected:
  void SetUp() override {
    config_ = patient_config(url());
    Client client{config_};
    for (std::size_t key = 0; key < kReadKeys; ++key) {
      ASSERT_TRUE(client.set(read_key_of(key), "0"));
    }
  }

  ClientConfig near_config() const {
    ClientConfig config = config_;
    config.connections = 2;
    config.near_cache.emplace();
    config.near_cache->stale_after = kStaleAfter;
    return config;
  }

  /// Writes through a client of its own, then says what was acknowledged.
  void write(std::uint64_t writer) {
    Client client{config_};
    Random random(writer);
    for (int i = 0; i < kWritesOfEach; ++i) {
      const std::size_t key = random.below(kReadKeys / kWriters) * kWriters + writer;
      const std::uint64_t version = acknowledged_.at(key).load() + 1;
      if (!client.set(read_key_of(key), std::to_string(version)).value()) continue;
      acknowledged_.at(key).store(version);
    }
    --writing_;
  }

  /// What was acknowledged before a read may be, is not older than the bound, and never goes back.
  template <class Read>
  void read(std::uint64_t reader, Read check) {
    Random random(100 + reader);
    while (writing_.load() > 0) {
      check(static_cast<std::size_t>(random.below(kReadKeys)));
    }
  }

  ClientConfig config_;
  std::array<std::atomic<std::uint64_t>, kReadKeys> acknowledged_{};
  std::atomic<std::uint64_t> writing_{kWriters};
};

TEST_F(NearReadsRace, sees_nothing_older_than_the_bound_and_never_goes_back) {
  Client client{near_config()};
  std::atomic<std::uint64_t> reads{0};
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < kWriters; ++i) threads.emplace_back([this, i] { write(i); });
  for (std::uint64_t i = 0; i < kReaders; ++i) {
    threads.emplace_back([&, i] {
      std::array<std::deque<std::pair<Clock::time_point, std::uint64_t>>, kReadKeys> seen;
      std::array<std::uint64_t, kReadKeys> floors{};
      read(i, [&](std::size_t key) {
        const auto now = Clock::now();
        auto& samples = seen.at(key);
        samples.emplace_back(now, acknowledged_.at(key).load());
        while (now - samples.front().first > kStaleAfter) {
          floors.at(key) = std::max(floors.at(key), samples.front().second);
          samples.pop_front();
        }
        const std::uint64_t version = version_read_in(client.get(read_key_of(key)).value().value());
        EXPECT_GE(version, floors.at(key));
        reads.fetch_add(1, std::memory_order_relaxed);
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
  // At the end, what was written last is seen once its news can have come.
  std::this_thread::sleep_for(kStaleAfter);
  for (std::size_t key = 0; key < kReadKeys; ++key) {
    EXPECT_EQ(version_read_in(client.get(read_key_of(key)).value().value()),
              acknowledged_.at(key).load());
  }
  EXPECT_GT(reads.load(), 0u);
}

TEST_F(NearReadsRace, sees_at_once_what_the_same_client_was_told_to_be_written) {
  Client client{near_config()};
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < kWriters; ++i) {
    threads.emplace_back([&, i] {
      Random random(i);
      for (int n = 1; n <= kWritesOfEach; ++n) {
        const std::size_t key = random.below(kReadKeys / kWriters) * kWriters + i;
        const std::uint64_t version = acknowledged_.at(key).load() + 1;
        EXPECT_TRUE(client.set(read_key_of(key), std::to_string(version)).value());
        acknowledged_.at(key).store(version);
      }
      --writing_;
    });
  }
  for (std::uint64_t i = 0; i < kReaders; ++i) {
    threads.emplace_back([&, i] {
      read(i, [&](std::size_t key) {
        const std::uint64_t floor = acknowledged_.at(key).load();
        EXPECT_GE(version_read_in(client.get(read_key_of(key)).value().value()), floor);
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(NearReadsRace, sees_what_others_wrote_before_a_request_that_was_answered) {
  ClientConfig config = near_config();
  config.connections = 1;  // The one that is asked is the one that tells.
  Client client{config};
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < kWriters; ++i) threads.emplace_back([this, i] { write(i); });
  for (std::uint64_t i = 0; i < kReaders; ++i) {
    threads.emplace_back([&, i] {
      read(i, [&](std::size_t key) {
        const std::uint64_t floor = acknowledged_.at(key).load();
        EXPECT_TRUE(client.command({"PING"}));
        EXPECT_GE(version_read_in(client.get(read_key_of(key)).value().value()), floor);
      });
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(NearReadsRace, is_told_of_changes_of_every_kind) {
  Client near{near_config()};
  Client other{config_};
  const auto seen_again = [&](auto change, const std::optional<std::string>& expected) {
    ASSERT_TRUE(near.get("key0"));
    ASSERT_TRUE(change());
    const auto patience = Clock::now() + kPatience;
    while (near.get("key0").value() != expected && Clock::now() < patience) {
    }
    EXPECT_EQ(near.get("key0").value(), expected);
  };
  seen_again([&] { return other.append("key0", "1").has_value(); }, "01");
  seen_again([&] { return other.del("key0").has_value(); }, std::nullopt);
  seen_again([&] { return other.set("key0", "a").has_value(); }, "a");
  seen_again([&] { return other.exec(Batch().add(commands::set("key0", "b"))).has_value(); }, "b");
  seen_again([&] { return other.expire("key0", std::chrono::milliseconds(1)).has_value(); },
             std::nullopt);
  seen_again([&] { return other.set("key0", "c").has_value(); }, "c");
  seen_again([&] { return other.command({"FLUSHALL"}).has_value(); }, std::nullopt);
}

}  // namespace
}  // namespace quartz::client
