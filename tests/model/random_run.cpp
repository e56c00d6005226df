#include "model/random_run.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/limits.hpp"
#include "storage/engine.hpp"
#include "support/result_matchers.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

// Few enough that most are written, overwritten and removed often.
constexpr std::uint64_t kKeys = 400;
constexpr std::size_t kSnapshotsMax = 4;

// The value of a row that expires tells when, so that a model is a map of texts all the same.
constexpr char kExpires = 'E';

std::string text_that_expires(ExpiryTime at) {
  return kExpires + std::to_string(at.time_since_epoch().count()) + ":";
}

bool has_expired(const std::string& value, ExpiryTime now) {
  if (value.empty() || value.front() != kExpires) return false;
  return ExpiryTime(std::chrono::milliseconds(std::stoll(value.substr(1)))) <= now;
}

}  // namespace

RandomRun::RandomRun(std::filesystem::path directory, StorageConfig config, std::uint64_t seed)
    : directory_(std::move(directory)), config_(std::move(config)), random_(seed) {
  open();
  models_["default"];
}

void RandomRun::open() {
  engine_.emplace(
      storage::Engine::open(directory_, config_, io::posix_file_system(), time_.source()).value());
}

// A row that expires leaves the models of snapshots, too.
void RandomRun::pass_time() {
  time_.pass(std::chrono::milliseconds(random_.below(20)));
  if (random_.one_in(50)) {
    time_.step(std::chrono::milliseconds(random_.below(400)) - std::chrono::milliseconds(200));
  }
  const ExpiryTime now = engine_->now();
  const auto prune = [&](std::map<std::string, Model>& models) {
    for (auto& [name, model] : models) {
      std::erase_if(model, [&](const auto& row) { return has_expired(row.second, now); });
    }
  };
  prune(models_);
  for (HeldSnapshot& held : snapshots_) prune(held.models);
}

void RandomRun::operations(std::uint64_t count) {
  for (std::uint64_t i = 0; i < count && !::testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("step " + std::to_string(steps_));
    step();
    ++steps_;
  }
  SCOPED_TRACE("at the end");
  compare_all();
  reopen();
  compare_all();
}

void RandomRun::step() {
  if (rows_expire_) pass_time();
  const std::uint64_t choice = random_.below(10000);
  if (choice < 5500) return write_one();
  if (choice < 6500) return write_batch();
  if (choice < 8300) return get_one();
  if (choice < 8700) return get_several();
  if (choice < 9100) return scan();
  if (choice < 9300) return walk();
  if (choice < 9400) return take_snapshot();
  if (choice < 9480) return drop_snapshot();
  if (choice < 9800) return read_snapshot();
  if (choice < 9960) return maintain();
  if (choice < 9970) return change_keyspaces();
  if (choice < 9980) return reopen();
  compare_all();
}

std::string RandomRun::some_keyspace() {
  // Half of all goes to the default one.
  if (random_.one_in(2)) return "default";
  auto it = models_.begin();
  std::advance(it, static_cast<std::ptrdiff_t>(random_.below(models_.size())));
  return it->first;
}

std::string RandomRun::some_key() {
  // Skewed, so that some keys change much more often than others; with zero bytes and shared
  // prefixes, so that the tree has nodes of every kind.
  std::uint64_t number = random_.below(kKeys);
  if (random_.one_in(2)) number = number * number / kKeys;
  std::string key = "k" + std::to_string(number % 7);
  key.push_back(static_cast<char>(number % 11 == 0 ? 0 : number));
  key += std::to_string(number);
  return key;
}

std::string RandomRun::some_value() {
  const std::uint64_t bytes = random_.one_in(50) ? random_.below(20000) : random_.below(200);
  std::string value = std::to_string(steps_) + ":";
  value.resize(value.size() + bytes, static_cast<char>(random_.next()));
  return value;
}

void RandomRun::put(WriteBatch* batch, const std::string& name) {
  const std::string key = some_key();
  std::string value = some_value();
  RowAttributes attributes{.kind = static_cast<std::uint8_t>(random_.below(kRowKindMax + 1))};
  if (rows_expire_ && random_.one_in(3)) {
    // Seldom at once, mostly before the row is likely to be overwritten.
    attributes.expires_at = engine_->now() + std::chrono::milliseconds(1 + random_.below(4000));
    value.insert(0, text_that_expires(*attributes.expires_at));
  }
  batch->put(handle(name), key, value, attributes);
  for_oracle_.push_back({Operation::Type::put, name, key, value});
  models_[name][key] = value;
}

void RandomRun::remove(WriteBatch* batch, const std::string& name) {
  const std::string key = some_key();
  batch->remove(handle(name), key);
  for_oracle_.push_back({Operation::Type::remove, name, key, {}});
  models_[name].erase(key);
}

void RandomRun::remove_range(WriteBatch* batch, const std::string& name) {
  std::string first = some_key();
  std::string last = some_key();
  if (last < first) first.swap(last);
  if (first == last) return;
  // Mostly a few keys, so that not everything is always gone.
  if (!random_.one_in(10)) {
    Model& model = models_[name];
    auto end = model.lower_bound(first);
    for (std::uint64_t left = random_.below(8); left > 0 && end != model.end(); --left) ++end;
    if (end != model.end()) last = std::min(last, end->first);
    if (last <= first) return;
  }
  batch->remove_range(handle(name), first, last);
  for_oracle_.push_back({Operation::Type::remove_range, name, first, last});
  Model& model = models_[name];
  model.erase(model.lower_bound(first), model.lower_bound(last));
}

void RandomRun::write(const WriteBatch& batch) {
  if (oracle_ != nullptr) oracle_->write(for_oracle_);
  for_oracle_.clear();
  ASSERT_THAT(engine_->write(batch), Succeeds());
}

void RandomRun::write_one() {
  const std::string name = some_keyspace();
  WriteBatch batch;
  const std::uint64_t choice = random_.below(100);
  if (choice < 72) {
    put(&batch, name);
  } else if (choice < 97) {
    remove(&batch, name);
  } else {
    remove_range(&batch, name);
  }
  write(batch);
}

void RandomRun::write_batch() {
  WriteBatch batch;
  const std::uint64_t operations = random_.below(12);
  for (std::uint64_t i = 0; i < operations; ++i) {
    const std::string name = some_keyspace();
    const std::uint64_t choice = random_.below(100);
    if (choice < 70) {
      put(&batch, name);
    } else if (choice < 97) {
      remove(&batch, name);
    } else {
      remove_range(&batch, name);
    }
  }
  write(batch);
}

void RandomRun::get_one() {
  const std::string name = some_keyspace();
  const std::string key = some_key();
  const Model& model = models_[name];
  const auto found = model.find(key);
  const std::string wanted = found == model.end() ? "(none)" : found->second;
  const ReadOptions options{.fill_cache = !random_.one_in(4)};
  if (random_.one_in(3)) {
    const auto pinned = engine_->get_pinned(handle(name), key, options);
    ASSERT_THAT(pinned, Succeeds());
    ASSERT_EQ(*pinned ? std::string((*pinned)->view()) : "(none)", wanted);
  } else {
    ASSERT_EQ(read(*engine_, handle(name), key, options), wanted);
  }
}

void RandomRun::get_several() {
  const std::string name = some_keyspace();
  const Model& model = models_[name];
  std::vector<std::string> keys(random_.below(20));
  for (std::string& key : keys) key = some_key();
  const std::vector<std::string_view> views(keys.begin(), keys.end());
  const auto values = engine_->multi_get(handle(name), views);
  ASSERT_THAT(values, Succeeds());
  ASSERT_EQ(values->size(), keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const auto found = model.find(keys[i]);
    ASSERT_EQ((*values)[i],
              found == model.end() ? std::nullopt : std::optional<std::string>(found->second));
  }
}

ScanOptions RandomRun::some_options(const Model& model, Rows* wanted) {
  ScanOptions options;
  Rows rows(model.begin(), model.end());
  if (random_.one_in(3)) {
    prefix_ = some_key().substr(0, 1 + random_.below(3));
    options.prefix = prefix_;
    std::erase_if(rows, [&](const auto& row) { return !row.first.starts_with(prefix_); });
  }
  if (random_.one_in(2)) {
    lower_ = some_key();
    options.lower_bound = lower_;
    std::erase_if(rows, [&](const auto& row) { return row.first < lower_; });
  }
  if (random_.one_in(2)) {
    upper_ = some_key();
    options.upper_bound = upper_;
    std::erase_if(rows, [&](const auto& row) { return row.first >= upper_; });
  }
  options.reverse = random_.one_in(2);
  if (options.reverse) std::reverse(rows.begin(), rows.end());
  if (random_.one_in(3)) {
    options.limit = 1 + random_.below(30);
    if (rows.size() > options.limit) rows.resize(options.limit);
  }
  options.fill_block_cache = random_.one_in(2);
  *wanted = std::move(rows);
  return options;
}

void RandomRun::scan() {
  const std::string name = some_keyspace();
  Rows wanted;
  ScanOptions options = some_options(models_[name], &wanted);
  const Keyspace keyspace = handle(name);
  options.keyspace = &keyspace;
  ASSERT_EQ(rows_of(*engine_, options), wanted);
}

// A cursor that turns and seeks at will.
void RandomRun::walk() {
  const std::string name = some_keyspace();
  const Model& model = models_[name];
  const Keyspace keyspace = handle(name);
  Cursor cursor = engine_->cursor({.keyspace = &keyspace});
  auto at = model.end();
  for (std::uint64_t moves = random_.below(40); moves > 0; --moves) {
    const std::uint64_t choice = random_.below(10);
    const std::string key = some_key();
    if (choice == 0 || !cursor.valid()) {
      cursor.seek(key);
      at = model.lower_bound(key);
    } else if (choice == 1) {
      cursor.seek_for_previous(key);
      at = model.upper_bound(key);
      at = at == model.begin() ? model.end() : std::prev(at);
    } else if (choice < 6) {
      cursor.next();
      ++at;
    } else {
      cursor.previous();
      at = at == model.begin() ? model.end() : std::prev(at);
    }
    ASSERT_EQ(cursor.valid(), at != model.end());
    ASSERT_FALSE(cursor.error().has_value());
    if (!cursor.valid()) continue;
    ASSERT_EQ(cursor.key(), at->first);
    ASSERT_EQ(cursor.value(), at->second);
  }
}

void RandomRun::compare_keyspace(const std::string& name, const Model& model,
                                 const Snapshot* snapshot) {
  SCOPED_TRACE("keyspace " + name);
  const Keyspace keyspace = handle(name);
  const Rows wanted(model.begin(), model.end());
  ASSERT_EQ(rows_of(*engine_, {.snapshot = snapshot, .keyspace = &keyspace}), wanted);
  ASSERT_EQ(rows_of(*engine_, {.reverse = true, .snapshot = snapshot, .keyspace = &keyspace}),
            Rows(wanted.rbegin(), wanted.rend()));
  // Removed keys as well: a scan cannot tell a hidden row that `get` would still find.
  for (std::uint64_t i = 0; i < kKeys; ++i) {
    const std::string key = some_key();
    const auto found = model.find(key);
    ASSERT_EQ(read(*engine_, keyspace, key, {.snapshot = snapshot}),
              found == model.end() ? "(none)" : found->second);
  }
}

void RandomRun::compare_all() {
  for (const auto& [name, model] : models_) {
    compare_keyspace(name, model, nullptr);
    if (oracle_ == nullptr) continue;
    ASSERT_EQ(oracle_->scan(name), Rows(model.begin(), model.end())) << "the model itself is wrong";
  }
}

void RandomRun::take_snapshot() {
  if (snapshots_.size() < kSnapshotsMax) snapshots_.push_back({engine_->snapshot(), models_});
}

void RandomRun::drop_snapshot() {
  if (snapshots_.empty()) return;
  snapshots_.erase(snapshots_.begin() +
                   static_cast<std::ptrdiff_t>(random_.below(snapshots_.size())));
}

void RandomRun::read_snapshot() {
  if (snapshots_.empty()) return;
  HeldSnapshot& held = snapshots_[random_.below(snapshots_.size())];
  for (const auto& [name, model] : held.models) {
    // A keyspace that was dropped since answers `closed`; one of its name is another.
    if (!models_.contains(name) || !random_.one_in(3)) continue;
    SCOPED_TRACE("snapshot of " + name);
    if (random_.one_in(4)) return compare_keyspace(name, model, &held.snapshot);
    const Keyspace keyspace = handle(name);
    Rows wanted;
    ScanOptions options = some_options(model, &wanted);
    options.keyspace = &keyspace;
    options.snapshot = &held.snapshot;
    ASSERT_EQ(rows_of(*engine_, options), wanted);
    const std::string key = some_key();
    const auto found = model.find(key);
    ASSERT_EQ(read(*engine_, keyspace, key, {.snapshot = &held.snapshot}),
              found == model.end() ? "(none)" : found->second);
  }
}

void RandomRun::maintain() {
  const std::uint64_t choice = random_.below(10);
  if (choice < 5) {
    ASSERT_THAT(engine_->flush(), Succeeds());
  } else if (choice < 7) {
    const Keyspace keyspace = handle(some_keyspace());
    ASSERT_THAT(engine_->compact_range({}, {}, &keyspace), Succeeds());
  } else if (choice < 9) {
    ASSERT_THAT(engine_->sync(), Succeeds());
  } else if (random_.one_in(2)) {
    ASSERT_THAT(engine_->stop_compaction(), Succeeds());
  } else {
    ASSERT_THAT(engine_->start_compaction(), Succeeds());
  }
}

void RandomRun::change_keyspaces() {
  const std::string name = "keyspace" + std::to_string(random_.below(4));
  if (models_.contains(name)) {
    ASSERT_THAT(engine_->drop_keyspace(handle(name)), Succeeds());
    if (oracle_ != nullptr) oracle_->drop_keyspace(name);
    models_.erase(name);
    // What snapshots knew of it is out of reach now, also under a new keyspace of its name.
    for (HeldSnapshot& held : snapshots_) held.models.erase(name);
  } else {
    ASSERT_THAT(engine_->create_keyspace(name), Succeeds());
    if (oracle_ != nullptr) oracle_->create_keyspace(name);
    models_[name];
  }
}

void RandomRun::reopen() {
  snapshots_.clear();
  engine_.reset();
  open();
}

}  // namespace quartz
