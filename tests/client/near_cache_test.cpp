#include "client/near_cache.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz::client {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Found = NearCache::Found;

class LoggedRead : public NearCache::Waiter {
 public:
  explicit LoggedRead(std::vector<std::string>& log) : log_(log) {}
  void fetched(std::optional<std::string_view> value) override {
    log_.push_back(value ? std::string(*value) : "absent");
  }
  void failed() override { log_.emplace_back("failed"); }

 private:
  std::vector<std::string>& log_;
};

class NearCaches : public testing::Test {
 protected:
  Found find(std::string_view key) { return cache_.find(key, now_, value_); }
  NearCache::Answer ask(std::string_view key) { return ask(key, feed_, waiter_); }
  NearCache::Answer ask(std::string_view key, NearCache::Feed feed, NearCache::Waiter& waiter) {
    return cache_.ask(key, feed, now_, value_, waiter);
  }
  /// A fetch of a key that is not there.
  NearCache::Fetch begin_fetch(std::string_view key) { return begin_fetch(key, feed_); }
  NearCache::Fetch begin_fetch(std::string_view key, NearCache::Feed feed) {
    NearCache::Answer answer = ask(key, feed, waiter_);
    EXPECT_EQ(answer.found, Found::fetch);
    EXPECT_TRUE(answer.fetch);
    return std::move(answer.fetch);
  }
  void fill(std::string_view key, std::optional<std::string_view> value) {
    begin_fetch(key).complete(value);
  }

  NearCacheConfig config_{.bytes_max = 64u << 10, .value_bytes_max = 1000, .stale_after = 10s};
  NearCache cache_{config_};
  NearCache::Clock::time_point now_{100h};
  NearCache::Feed feed_ = cache_.open_feed(now_);
  std::string value_;
  std::vector<std::string> log_;
  LoggedRead waiter_{log_};
};

TEST_F(NearCaches, keep_what_was_fetched) {
  EXPECT_EQ(find("k"), Found::miss);
  fill("k", "v");
  EXPECT_EQ(find("k"), Found::hit);
  EXPECT_EQ(value_, "v");
  value_.clear();
  EXPECT_EQ(ask("k").found, Found::hit);
  EXPECT_EQ(value_, "v");
}

TEST_F(NearCaches, keep_that_there_is_no_value) {
  fill("k", std::nullopt);
  EXPECT_EQ(find("k"), Found::absent);
  EXPECT_EQ(ask("k").found, Found::absent);
  fill("empty", "");
  value_ = "before";
  EXPECT_EQ(find("empty"), Found::hit);
  EXPECT_EQ(value_, "");
}

TEST_F(NearCaches, forget_what_is_invalidated) {
  fill("k", "v");
  fill("other", "w");
  cache_.invalidate("k");
  EXPECT_EQ(find("k"), Found::miss);
  EXPECT_EQ(find("other"), Found::hit);
  cache_.invalidate("never heard of");
  EXPECT_EQ(cache_.statistics().invalidations, 1u);
}

TEST_F(NearCaches, never_keep_a_reply_that_an_invalidation_has_overtaken) {
  NearCache::Fetch fetch = begin_fetch("k");
  cache_.invalidate("k");
  fetch.complete("old");
  EXPECT_FALSE(fetch);
  EXPECT_EQ(find("k"), Found::miss);
  EXPECT_EQ(cache_.statistics().overtaken, 1u);
  EXPECT_EQ(cache_.statistics().entries, 0u);
}

TEST_F(NearCaches, let_a_fetch_that_was_overtaken_not_touch_the_one_behind_it) {
  NearCache::Fetch old = begin_fetch("k");
  cache_.invalidate("k");
  NearCache::Fetch current = begin_fetch("k");
  old.complete("old");
  EXPECT_EQ(find("k"), Found::miss);
  LoggedRead second(log_);
  EXPECT_EQ(ask("k", feed_, second).found, Found::wait);
  current.complete("new");
  EXPECT_EQ(find("k"), Found::hit);
  EXPECT_EQ(value_, "new");
  EXPECT_THAT(log_, ElementsAre("new"));
}

TEST_F(NearCaches, fetch_a_key_once_for_all_who_ask_meanwhile) {
  NearCache::Fetch fetch = begin_fetch("k");
  LoggedRead second(log_);
  LoggedRead third(log_);
  EXPECT_EQ(ask("k", feed_, second).found, Found::wait);
  EXPECT_EQ(ask("k", feed_, third).found, Found::wait);
  EXPECT_EQ(find("k"), Found::miss);
  EXPECT_THAT(log_, IsEmpty());
  fetch.complete("v");
  EXPECT_THAT(log_, ElementsAre("v", "v"));
  EXPECT_EQ(cache_.statistics().misses, 1u);
  EXPECT_EQ(cache_.statistics().waits, 2u);
}

TEST_F(NearCaches, tell_those_who_waited_before_an_invalidation_and_nobody_who_came_behind_it) {
  NearCache::Fetch old = begin_fetch("k");
  LoggedRead before(log_);
  EXPECT_EQ(ask("k", feed_, before).found, Found::wait);
  cache_.invalidate("k");
  NearCache::Fetch current = begin_fetch("k");
  LoggedRead behind(log_);
  EXPECT_EQ(ask("k", feed_, behind).found, Found::wait);
  old.complete("old");
  EXPECT_THAT(log_, ElementsAre("old"));
  current.complete(std::nullopt);
  EXPECT_THAT(log_, ElementsAre("old", "absent"));
}

TEST_F(NearCaches, let_those_who_wait_fail_with_the_fetch) {
  LoggedRead second(log_);
  {
    const NearCache::Fetch dropped = begin_fetch("k");
    EXPECT_EQ(ask("k", feed_, second).found, Found::wait);
  }
  EXPECT_THAT(log_, ElementsAre("failed"));
  NearCache::Fetch again = begin_fetch("k");
  EXPECT_EQ(ask("k", feed_, second).found, Found::wait);
  again.fail();
  again.fail();
  EXPECT_THAT(log_, ElementsAre("failed", "failed"));
  EXPECT_EQ(find("k"), Found::miss);
  EXPECT_EQ(cache_.statistics().overtaken, 0u);
}

TEST_F(NearCaches, end_a_fetch_that_another_one_is_assigned_to) {
  NearCache::Fetch fetch = begin_fetch("a");
  LoggedRead second(log_);
  EXPECT_EQ(ask("a", feed_, second).found, Found::wait);
  fetch = begin_fetch("b");
  EXPECT_THAT(log_, ElementsAre("failed"));
  fetch.complete("v");
  EXPECT_EQ(find("b"), Found::hit);
}

TEST_F(NearCaches, do_not_tell_who_has_left) {
  NearCache::Fetch fetch = begin_fetch("k");
  LoggedRead second(log_);
  EXPECT_FALSE(cache_.leave(second));
  EXPECT_EQ(ask("k", feed_, second).found, Found::wait);
  EXPECT_TRUE(cache_.leave(second));
  EXPECT_FALSE(cache_.leave(second));
  fetch.complete("v");
  EXPECT_THAT(log_, IsEmpty());
}

TEST_F(NearCaches, let_whoever_is_told_ask_again_at_once) {
  class Again : public NearCache::Waiter {
   public:
    explicit Again(std::function<Found()> look) : look_(std::move(look)) {}
    void fetched(std::optional<std::string_view> /*value*/) override { found = look_(); }
    void failed() override { found = look_(); }
    Found found = Found::miss;

   private:
    const std::function<Found()> look_;
  } again([this] { return ask("k").found; });
  NearCache::Fetch first = begin_fetch("k");
  EXPECT_EQ(ask("k", feed_, again).found, Found::wait);
  first.fail();
  EXPECT_EQ(again.found, Found::fetch);
  NearCache::Fetch second = begin_fetch("k");
  EXPECT_EQ(ask("k", feed_, again).found, Found::wait);
  second.complete("v");
  EXPECT_EQ(again.found, Found::hit);
}

TEST_F(NearCaches, forget_everything_in_a_flush_and_what_is_under_way) {
  fill("k", "v");
  NearCache::Fetch fetch = begin_fetch("late");
  cache_.flush();
  EXPECT_EQ(find("k"), Found::miss);
  LoggedRead second(log_);
  NearCache::Answer answer = ask("late", feed_, second);
  ASSERT_EQ(answer.found, Found::fetch);
  fetch.complete("old");
  EXPECT_EQ(find("late"), Found::miss);
  answer.fetch.complete("new");
  EXPECT_EQ(find("late"), Found::hit);
  fill("k", "w");
  EXPECT_EQ(find("k"), Found::hit);
  EXPECT_EQ(value_, "w");
}

TEST_F(NearCaches, forget_with_a_feed_what_came_over_it_and_nothing_else) {
  const NearCache::Feed other = cache_.open_feed(now_);
  fill("k", "v");
  begin_fetch("l", other).complete("w");
  NearCache::Fetch late = begin_fetch("late");
  cache_.close_feed(feed_);
  EXPECT_EQ(find("k"), Found::miss);
  EXPECT_EQ(find("l"), Found::hit);
  // Its place may be another one's by then.
  const NearCache::Feed next = cache_.open_feed(now_);
  EXPECT_EQ(next.slot, feed_.slot);
  late.complete("old");
  EXPECT_EQ(find("late"), Found::miss);
  EXPECT_EQ(find("k"), Found::miss);
  cache_.close_feed(feed_);
  begin_fetch("k", next).complete("new");
  EXPECT_EQ(find("k"), Found::hit);
}

TEST_F(NearCaches, keep_nothing_of_a_feed_that_is_over) {
  cache_.close_feed(feed_);
  for (const NearCache::Feed nobody : {feed_, NearCache::Feed()}) {
    NearCache::Fetch fetch = begin_fetch("k", nobody);
    NearCache::Fetch another = begin_fetch("k", nobody);
    fetch.complete("v");
    another.complete("v");
    EXPECT_EQ(find("k"), Found::miss);
  }
  EXPECT_EQ(cache_.statistics().entries, 0u);
  EXPECT_EQ(cache_.statistics().overtaken, 0u);
}

TEST_F(NearCaches, have_a_bound_of_feeds) {
  std::vector<NearCache::Feed> feeds;
  for (std::size_t i = 1; i < NearCache::kFeedsMax; ++i) feeds.push_back(cache_.open_feed(now_));
  EXPECT_NE(feeds.back().opened, 0u);
  EXPECT_EQ(cache_.open_feed(now_).opened, 0u);
  cache_.close_feed(feeds.front());
  EXPECT_NE(cache_.open_feed(now_).opened, 0u);
}

TEST_F(NearCaches, serve_nothing_of_a_feed_without_a_sign_of_life) {
  fill("k", "v");
  now_ += 10s;
  EXPECT_EQ(find("k"), Found::hit);
  now_ += 1ms;
  EXPECT_EQ(find("k"), Found::miss);
  // What the server has answered came behind all news before it.
  cache_.heard(feed_, now_ - 1s);
  EXPECT_EQ(find("k"), Found::hit);
  now_ += 9s;
  EXPECT_EQ(find("k"), Found::hit);
  // An answer to something older tells nothing new.
  cache_.heard(feed_, now_ - 1h);
  now_ += 1ms;
  EXPECT_EQ(find("k"), Found::miss);
}

TEST_F(NearCaches, take_a_reply_for_a_sign_of_life_at_the_time_of_its_request) {
  fill("k", "v");
  NearCache::Fetch fetch = begin_fetch("l");
  now_ += 8s;
  NearCache::Fetch later = begin_fetch("m");
  now_ += 8s;
  fetch.complete("w");
  EXPECT_EQ(find("k"), Found::miss);
  later.complete("x");
  EXPECT_EQ(find("k"), Found::hit);
  now_ += 2s + 1ms;
  EXPECT_EQ(find("k"), Found::miss);
}

TEST_F(NearCaches, fetch_again_what_is_too_old_to_be_served) {
  fill("k", "v");
  now_ += 1h;
  NearCache::Fetch fetch = begin_fetch("k");
  fetch.complete("w");
  EXPECT_EQ(find("k"), Found::hit);
  EXPECT_EQ(value_, "w");
}

TEST_F(NearCaches, wait_for_no_fetch_of_a_feed_without_a_sign_of_life) {
  NearCache::Fetch stuck = begin_fetch("k");
  now_ += 1h;
  NearCache::Fetch fetch = begin_fetch("k");
  stuck.complete("old");
  EXPECT_EQ(find("k"), Found::miss);
}

TEST_F(NearCaches, trust_a_feed_without_limit_if_told_so) {
  NearCache cache({.stale_after = 0ms});
  const NearCache::Feed feed = cache.open_feed(now_);
  cache.ask("k", feed, now_, value_, waiter_).fetch.complete("v");
  EXPECT_EQ(cache.find("k", now_ + 1000h, value_), Found::hit);
}

TEST_F(NearCaches, stay_within_their_bound_and_keep_what_is_read) {
  fill("read often", "v");
  for (int i = 0; i < 10'000; ++i) {
    fill("key" + std::to_string(i), std::string(100, 'x'));
    ASSERT_EQ(find("read often"), Found::hit) << i;
    ASSERT_LE(cache_.statistics().bytes, config_.bytes_max);
  }
  const NearCache::Statistics statistics = cache_.statistics();
  EXPECT_GT(statistics.entries, 100u);
  EXPECT_EQ(statistics.evictions, 10'001 - statistics.entries);
}

TEST_F(NearCaches, pass_values_on_that_they_do_not_keep) {
  LoggedRead second(log_);
  for (const std::size_t size : {std::size_t{1001}, std::size_t{1} << 20}) {
    log_.clear();
    NearCache::Fetch fetch = begin_fetch("k");
    EXPECT_EQ(ask("k", feed_, second).found, Found::wait);
    fetch.complete(std::string(size, 'x'));
    ASSERT_THAT(log_, ElementsAre(std::string(size, 'x')));
    EXPECT_EQ(find("k"), Found::miss);
  }
  fill("k", std::string(1000, 'x'));
  EXPECT_EQ(find("k"), Found::hit);
  fill(std::string(3000, 'k'), "v");
  EXPECT_EQ(find(std::string(3000, 'k')), Found::miss);
}

TEST_F(NearCaches, evict_no_placeholder) {
  std::vector<NearCache::Fetch> fetches;
  fetches.reserve(2000);
  for (int i = 0; i < 2000; ++i) fetches.push_back(begin_fetch("key" + std::to_string(i)));
  LoggedRead second(log_);
  EXPECT_EQ(ask("key0", feed_, second).found, Found::wait);
  fetches[0].complete("v");
  EXPECT_THAT(log_, ElementsAre("v"));
  fetches.clear();
  EXPECT_LE(cache_.statistics().bytes, config_.bytes_max);
}

TEST_F(NearCaches, cache_nothing_without_room) {
  NearCache cache({.bytes_max = 0});
  const NearCache::Feed feed = cache.open_feed(now_);
  cache.ask("k", feed, now_, value_, waiter_).fetch.complete("v");
  EXPECT_EQ(cache.find("k", now_, value_), Found::miss);
  EXPECT_EQ(cache.statistics().bytes, 0u);
}

TEST_F(NearCaches, agree_with_a_map_whatever_happens) {
  // What may be found, or nothing: eviction and staleness aside, exactly what was kept.
  Random random(7);
  NearCache cache({.bytes_max = 8u << 20});
  NearCache::Feed feed = cache.open_feed(now_);
  std::vector<std::optional<std::string>> model(50);
  for (int i = 0; i < 50'000; ++i) {
    const std::size_t number = random.below(model.size());
    const std::string key = "key" + std::to_string(number);
    switch (random.below(200)) {
      case 0:
        cache.flush();
        model.assign(model.size(), std::nullopt);
        break;
      case 1:
        cache.close_feed(feed);
        feed = cache.open_feed(now_);
        model.assign(model.size(), std::nullopt);
        break;
      default:
        if (random.one_in(4)) {
          cache.invalidate(key);
          model[number].reset();
          break;
        }
        NearCache::Answer answer = cache.ask(key, feed, now_, value_, waiter_);
        ASSERT_EQ(answer.found == Found::hit, model[number].has_value()) << i;
        if (model[number]) {
          ASSERT_EQ(value_, *model[number]);
        } else {
          model[number] = std::string(random.below(100), 'v') + std::to_string(i);
          answer.fetch.complete(*model[number]);
        }
    }
  }
}

}  // namespace
}  // namespace quartz::client
