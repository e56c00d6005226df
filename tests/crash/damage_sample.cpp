#include "crash/damage_sample.hpp"

#include <cstdint>

#include "base/random.hpp"
#include "crash/file_damage.hpp"
#include "crash/vector_steps.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

// An index of fewer points than a quantizer is trained with is never saved.
constexpr std::size_t kPoints = 2200;
constexpr std::uint64_t kRows = 400;
constexpr std::uint64_t kLogRows = 60;

std::string random_value(std::string value, Random& random) {
  const std::uint64_t bytes = random.one_in(15) ? 5000 : 20 + random.below(300);
  for (std::uint64_t i = 0; i < bytes; ++i) value += static_cast<char>('a' + random.below(26));
  return value;
}

}  // namespace

StoredRows all_rows(const StorageEngine& engine) {
  StoredRows rows;
  for (const Keyspace& keyspace : engine.keyspaces()) {
    for (auto& [key, value] : rows_of(engine, {.keyspace = &keyspace})) {
      rows[{keyspace.name(), key}] = value;
    }
  }
  return rows;
}

DamageSample::DamageSample(std::filesystem::path directory) : directory_(std::move(directory)) {
  StorageEngine engine = open_small(directory_);
  note_manifest_length();
  fill_collection(engine);
  fill_tables(engine);
  fill_log(engine);
  engine.close().value();
}

// Three rounds that write over each other: the first two end up in a deeper level than the last.
void DamageSample::fill_tables(StorageEngine& engine) {
  note_manifest_length();
  const Keyspace second = engine.create_keyspace("second").value();
  Random random(7);
  for (std::uint64_t round = 0; round < 3; ++round) {
    note_manifest_length();
    for (std::uint64_t i = 0; i < kRows; ++i) {
      if (round > 0 && !random.one_in(3)) continue;
      const std::string key = numbered_key(i);
      engine.put(key, random_value("round " + std::to_string(round) + ": ", random)).value();
      if (random.one_in(2)) engine.put(second, key, random_value("second ", random)).value();
    }
    remember(engine);
    for (std::uint64_t i = 0; i < 30; ++i) {
      engine.remove(numbered_key(random.below(kRows))).value();
    }
    engine.remove_range(second, numbered_key(100 * round), numbered_key(100 * round + 9)).value();
    round == 1 ? engine.compact_range().value() : engine.flush().value();
    remember(engine);
  }
}

void DamageSample::fill_collection(StorageEngine& engine) {
  VectorCollection collection =
      VectorCollection::open(engine, kCrashCollection, crash_collection_config()).value();
  Random random(11);
  for (std::size_t i = 0; i < kPoints; ++i) {
    VectorPoint point{.id = std::to_string(i), .vectors = {{}}, .payload = R"({"kind": "1"})"};
    for (std::size_t j = 0; j < kCrashDimensions; ++j) {
      point.vectors.front().push_back(static_cast<float>(random.below(100'000)) / 1e5F);
    }
    collection.upsert(point).value();
    points_[point.id] = point;
  }
  collection.wait_until_indexed().value();
}

void DamageSample::fill_log(StorageEngine& engine) {
  table_rows_ = all_rows(engine);
  const Keyspace second = engine.keyspace("second").value();
  Random random(13);
  for (std::uint64_t i = 0; i < kLogRows; ++i) {
    const std::string key =
        random.one_in(2) ? numbered_key(random.below(kRows)) : "late" + std::to_string(i);
    const std::string value = random_value(std::string(kLogOnly) + std::to_string(i) + " ", random);
    const Keyspace& keyspace = random.one_in(3) ? second : engine.default_keyspace();
    engine.put(keyspace, key, value, {.durability = Durability::disk}).value();
    log_writes_.push_back({{keyspace.name(), key}, value});
    versions_[{keyspace.name(), key}].insert(value);
  }
  rows_ = rows_after(log_writes_.size());
}

StoredRows DamageSample::rows_after(std::size_t log_writes) const {
  StoredRows rows = table_rows_;
  for (std::size_t i = 0; i < log_writes; ++i) {
    rows[log_writes_[i].first] = log_writes_[i].second;
  }
  return rows;
}

void DamageSample::note_manifest_length() {
  const auto manifest = directory_ / files_of_kind(directory_, FileKind::manifest).front();
  manifest_lengths_.push_back(std::filesystem::file_size(manifest));
}

void DamageSample::remember(const StorageEngine& engine) {
  for (auto& [row, value] : all_rows(engine)) versions_[row].insert(value);
}

bool DamageSample::ever_had(const std::string& keyspace, const std::string& key,
                            const std::string& value) const {
  const auto known = [&](const std::string& name) {
    const auto versions = versions_.find({name, key});
    return versions != versions_.end() && versions->second.contains(value);
  };
  bool named = false;
  bool elsewhere = false;
  for (const auto& [row, versions] : versions_) {
    named = named || row.first == keyspace;
    elsewhere = elsewhere || (row.second == key && versions.contains(value));
  }
  return named ? known(keyspace) : elsewhere;
}

}  // namespace quartz
