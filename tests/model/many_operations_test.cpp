#include <cstdint>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "support/number_from_environment.hpp"
#include "support/result_matchers.hpp"
#include "support/sanitizers.hpp"
#include "support/scratch_directory.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

constexpr std::uint64_t kManyOperations = kUnderSanitizer ? 50'000 : 400'000;
constexpr std::uint64_t kManyKeys = 50'000;
constexpr std::uint64_t kOperationsPerComparison = 2'000'000;

/// Single operations, as many as there is time for, on an engine of the usual shape and on a map:
/// what RandomRun, which looks at everything all the time, meets too seldom.
class ManyOperations {
 public:
  ManyOperations(std::filesystem::path directory, std::uint64_t seed)
      : directory_(std::move(directory)), random_(seed) {}

  void run(std::uint64_t count) {
    while (done_ < count && !testing::Test::HasFailure()) {
      const std::uint64_t before = done_ / kOperationsPerComparison;
      step();
      if (done_ / kOperationsPerComparison == before) continue;
      compare_all();
      reopen();
    }
    compare_all();
    reopen();
    compare_all();
  }
  std::uint64_t done() const noexcept { return done_; }

 private:
  using Model = std::map<std::string, std::string, std::less<>>;

  static StorageConfig config() {
    StorageConfig config = small_config();
    config.segment_bytes = std::size_t{4} << 20;
    config.memtable_bytes = std::size_t{16} << 20;
    config.cache_size = 5'000;
    return config;
  }

  void step() {
    const std::uint64_t choice = random_.below(1000);
    if (choice < 450) return put();
    if (choice < 600) return remove();
    if (choice < 960) return get();
    if (choice < 990) return write_batch();
    if (choice < 999) return get_several();
    scan();
  }

  // Of several lengths, and half of all uses go to a tenth of them.
  std::string some_key() {
    const std::uint64_t number = random_.below(random_.one_in(2) ? kManyKeys / 10 : kManyKeys);
    std::string key = numbered_key(number * 7919 % kManyKeys);
    key.resize(key.size() + number % 5, 'x');
    return key;
  }
  std::string some_value() {
    std::string value = std::to_string(done_);
    value.resize(value.size() + random_.below(40), 'v');
    return value;
  }

  void put() {
    const std::string key = some_key();
    std::string value = some_value();
    ASSERT_THAT(engine_.put(key, value), Succeeds());
    model_.insert_or_assign(key, std::move(value));
    ++done_;
  }

  void remove() {
    const std::string key = some_key();
    ASSERT_THAT(engine_.remove(key), Succeeds());
    model_.erase(key);
    ++done_;
  }

  void write_batch() {
    WriteBatch batch;
    for (int i = 0; i < 8; ++i) {
      const std::string key = some_key();
      if (random_.one_in(4)) {
        batch.remove(key);
        model_.erase(key);
      } else {
        std::string value = some_value();
        batch.put(key, value);
        model_.insert_or_assign(key, std::move(value));
      }
      ++done_;
    }
    ASSERT_THAT(engine_.write(batch), Succeeds());
  }

  std::optional<std::string> wanted(std::string_view key) const {
    const auto found = model_.find(key);
    return found == model_.end() ? std::nullopt : std::optional(found->second);
  }

  void get() {
    const std::string key = some_key();
    const auto value = engine_.get(key);
    ASSERT_THAT(value, Succeeds());
    ASSERT_EQ(*value, wanted(key)) << key;
    ++done_;
  }

  void get_several() {
    std::vector<std::string> keys(10);
    for (std::string& key : keys) key = some_key();
    const std::vector<std::string_view> views(keys.begin(), keys.end());
    const auto values = engine_.multi_get(views);
    ASSERT_THAT(values, Succeeds());
    for (std::size_t i = 0; i < keys.size(); ++i) {
      ASSERT_EQ((*values)[i], wanted(keys[i])) << keys[i];
    }
    done_ += keys.size();
  }

  void scan() {
    const std::string first = some_key();
    auto row = model_.lower_bound(first);
    for (const auto& [key, value] : engine_.scan({.lower_bound = first, .limit = 20})) {
      ASSERT_NE(row, model_.end());
      ASSERT_EQ(key, row->first);
      ASSERT_EQ(value, row->second);
      ++row;
    }
    ++done_;
  }

  void compare_all() {
    SCOPED_TRACE("after " + std::to_string(done_) + " operations");
    ASSERT_EQ(rows_of(engine_), Rows(model_.begin(), model_.end()));
  }

  void reopen() {
    ASSERT_THAT(engine_.close(), Succeeds());
    engine_ = open_small(directory_, config());
  }

  const std::filesystem::path directory_;
  Random random_;
  StorageEngine engine_ = open_small(directory_, config());
  Model model_;
  std::uint64_t done_ = 0;
};

// So many as QUARTZ_MANY_OPERATIONS says, with QUARTZ_MODEL_SEED if one is given.
TEST(ManyOperations, answer_like_a_map) {
  const std::uint64_t seed = number_from_environment("QUARTZ_MODEL_SEED", 8);
  std::cout << "QUARTZ_MODEL_SEED=" << seed << '\n';
  const ScratchDirectory scratch;
  ManyOperations operations(scratch / "db", seed);
  operations.run(number_from_environment("QUARTZ_MANY_OPERATIONS", kManyOperations));
  std::cout << operations.done() << " operations\n";
}

}  // namespace
}  // namespace quartz
