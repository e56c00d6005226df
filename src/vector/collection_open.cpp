#include <algorithm>
#include <map>
#include <random>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "quartz/vector/vector_collection.hpp"
#include "storage/keyspace_registry.hpp"
#include "vector/collection.hpp"
#include "vector/index_file_path.hpp"
#include "vector/point_value.hpp"

namespace quartz::vector {
namespace {

/// Collections are keyspaces whose names begin with this.
constexpr std::string_view kKeyspacePrefix = "vectors.";

/// The collections of this process that are open, so that there is one of each.
class OpenCollections {
 public:
  static OpenCollections& instance() {
    // Never destroyed: static objects may hold collections until the process is gone.
    static auto& collections = *new OpenCollections;
    return collections;
  }

  Mutex& mutex() QUARTZ_RETURN_CAPABILITY(mutex_) { return mutex_; }
  /// The collection of that name, if it is open. Waits for one that is just going: both would save
  /// the same file.
  std::shared_ptr<Collection> find(const storage::Engine* engine, std::string_view name)
      QUARTZ_REQUIRES(mutex_) {
    std::erase_if(open_, [](const auto& entry) { return entry.second.presence.expired(); });
    const auto found = open_.find({engine, std::string(name)});
    if (found == open_.end()) return nullptr;
    if (auto collection = found->second.collection.lock()) return collection;
    while (!found->second.presence.expired()) std::this_thread::yield();
    return nullptr;
  }
  void add(const storage::Engine* engine, const std::shared_ptr<Collection>& collection)
      QUARTZ_REQUIRES(mutex_) {
    open_[{engine, collection->name()}] = {collection, collection->presence()};
  }

 private:
  struct Open {
    std::weak_ptr<Collection> collection;
    std::weak_ptr<void> presence;  // Outlives the other until the destructor has ended.
  };

  Mutex mutex_;
  std::map<std::pair<const storage::Engine*, std::string>, Open> open_ QUARTZ_GUARDED_BY(mutex_);
};

Error no_such_collection(std::string_view name) {
  return Error(Errc::not_found, fmt::format("there is no collection \"{}\"", name));
}

Result<std::string> keyspace_name(std::string_view name) {
  if (name.size() > kCollectionNameBytesMax) {
    return Error(Errc::too_large,
                 fmt::format("the name of a collection has {} bytes; at most {} are allowed",
                             name.size(), kCollectionNameBytesMax));
  }
  QUARTZ_TRY(storage::check_keyspace_name(name));
  return std::string(kKeyspacePrefix) + std::string(name);
}

CollectionIdentity random_identity() {
  std::random_device source;
  CollectionIdentity identity;
  std::ranges::generate(identity, [&] { return static_cast<std::byte>(source()); });
  return identity;
}

/// What is stored about a collection; nothing if its keyspace is there without.
Result<std::optional<CollectionRecord>> read_record(storage::Engine& engine,
                                                    const Keyspace& keyspace) {
  std::string bytes;
  QUARTZ_ASSIGN(const bool found, engine.get_into(keyspace.state(), kConfigKey, bytes, {}));
  if (!found) return std::optional<CollectionRecord>();
  QUARTZ_ASSIGN(CollectionRecord record, decode_collection_record(bytes));
  return std::optional(std::move(record));
}

// The keyspace comes first. A crash behind it leaves one without a record, which is no collection
// yet, and is used when one of that name is created.
Result<CollectionRecord> create_record(storage::Engine& engine, const Keyspace& keyspace,
                                       const VectorCollectionConfig& config) {
  CollectionRecord record{random_identity(), config};
  QUARTZ_TRY(engine.write_one(keyspace.state(), storage::OperationType::put, kConfigKey,
                              encode_collection_record(record), {}));
  return record;
}

Result<CollectionRecord> find_or_create_record(storage::Engine& engine, std::string_view name,
                                               const Keyspace& keyspace,
                                               const VectorCollectionConfig* config) {
  QUARTZ_ASSIGN(std::optional<CollectionRecord> stored, read_record(engine, keyspace));
  if (!stored && config == nullptr) return no_such_collection(name);
  if (!stored) return create_record(engine, keyspace, *config);
  if (config != nullptr) QUARTZ_TRY(check_same_config(name, stored->config, *config));
  return *std::move(stored);
}

Result<Keyspace> find_or_create_keyspace(storage::Engine& engine, std::string_view name,
                                         bool create) {
  QUARTZ_ASSIGN(const std::string full_name, keyspace_name(name));
  if (auto state = engine.keyspaces().find(full_name)) return Keyspace(std::move(state));
  if (!create) return no_such_collection(name);
  return engine.create_keyspace(full_name);
}

}  // namespace

Result<std::shared_ptr<Collection>> Collection::open(const std::shared_ptr<storage::Engine>& engine,
                                                     std::string_view name,
                                                     const VectorCollectionConfig* config,
                                                     const VectorRuntimeConfig& runtime) {
  if (engine->closed()) return engine->closed_error();
  if (config != nullptr) QUARTZ_TRY(check_config(*config));
  if (runtime.pending_points_max == 0) {
    return Error(Errc::invalid_argument, "pending_points_max = 0 would let no point in");
  }
  OpenCollections& all = OpenCollections::instance();
  MutexLock lock(all.mutex());
  if (auto collection = all.find(engine.get(), name); collection && collection->check_open()) {
    if (config != nullptr) {
      QUARTZ_TRY(check_same_config(name, collection->keeper().config(), *config));
    }
    return collection;
  }
  QUARTZ_ASSIGN(const Keyspace keyspace, find_or_create_keyspace(*engine, name, config != nullptr));
  QUARTZ_ASSIGN(const CollectionRecord record,
                find_or_create_record(*engine, name, keyspace, config));
  auto collection = std::make_shared<Collection>(engine, name, keyspace, record, runtime);
  QUARTZ_TRY(collection->keeper().start());
  all.add(engine.get(), collection);
  return collection;
}

std::vector<std::string> Collection::list(const storage::Engine& engine) {
  std::vector<std::string> names;
  for (const Keyspace& keyspace : engine.keyspaces().all()) {
    const std::string_view name = keyspace.name();
    if (name.starts_with(kKeyspacePrefix)) names.emplace_back(name.substr(kKeyspacePrefix.size()));
  }
  return names;
}

Result<void> Collection::drop(const std::shared_ptr<storage::Engine>& engine,
                              std::string_view name) {
  OpenCollections& all = OpenCollections::instance();
  MutexLock lock(all.mutex());
  QUARTZ_ASSIGN(const Keyspace keyspace, find_or_create_keyspace(*engine, name, false));
  const auto collection = all.find(engine.get(), name);
  const auto record = read_record(*engine, keyspace);
  // Without the record, the identity of its file is not known, nor needed: there is none.
  const auto remove_file = [&]() -> Result<void> {
    if (!record || !record->has_value()) return {};
    auto removed =
        engine->files().remove(index_file_path(engine->directory(), (*record)->identity));
    if (!removed && removed.error().code() != Errc::not_found) return removed;
    return {};
  };
  // The file goes first: without it a collection is only opened more slowly, and nobody would
  // remove one that a crash had left behind.
  QUARTZ_TRY(remove_file());
  QUARTZ_TRY(engine->drop_keyspace(keyspace.state()));
  if (!collection) return {};
  // Not before: where the keyspace stays, so does the collection, with all its work.
  collection->keeper().stop(false);
  // It may have been saved meanwhile.
  if (auto removed = remove_file(); !removed) {
    engine->log_line(LogLevel::warning,
                     fmt::format("the index of collection \"{}\", which was dropped, is left: {}",
                                 name, removed.error().to_string()));
  }
  return {};
}

Collection::Collection(std::shared_ptr<storage::Engine> engine, std::string_view name,
                       Keyspace keyspace, const CollectionRecord& record,
                       const VectorRuntimeConfig& runtime)
    : engine_(std::move(engine)),
      name_(name),
      keyspace_(std::move(keyspace)),
      dimensions_(record.config.dimensions),
      metric_(record.config.metric),
      next_version_(std::uint64_t{std::random_device()()} << 32 | std::random_device()()),
      keeper_(engine_, keyspace_, record, runtime) {}

Result<void> Collection::check_open() const {
  if (engine_->closed()) return engine_->closed_error();
  if (keyspace_.state().dropped.load(std::memory_order_acquire)) {
    return Error(Errc::closed, fmt::format("collection \"{}\" was dropped", name_));
  }
  return keeper_.check_complete();
}

VectorStatistics Collection::statistics() const {
  VectorStatistics statistics;
  keeper_.add_statistics(statistics);
  statistics.searches = searches_.load(std::memory_order_relaxed);
  return statistics;
}

}  // namespace quartz::vector
