#include "quartz/storage/storage_engine.hpp"

#include <utility>

#include "storage/engine.hpp"

namespace quartz {

using storage::OperationType;

Result<StorageEngine> StorageEngine::open(const std::filesystem::path& directory,
                                          StorageConfig config) {
  auto engine = storage::Engine::open(directory, std::move(config));
  if (!engine) return std::move(engine).error();
  return StorageEngine(*std::move(engine));
}

StorageEngine::StorageEngine(std::shared_ptr<storage::Engine> engine) noexcept
    : engine_(std::move(engine)) {}
StorageEngine::StorageEngine(StorageEngine&&) noexcept = default;

StorageEngine& StorageEngine::operator=(StorageEngine&& other) noexcept {
  if (this != &other) {
    close_quietly();
    engine_ = std::move(other.engine_);
  }
  return *this;
}

StorageEngine::~StorageEngine() { close_quietly(); }

void StorageEngine::close_quietly() noexcept {
  if (!engine_ || engine_->closed()) return;
  auto closed = engine_->close();
  // Open handles are no failure here: they keep what they read and free it when they go.
  if (!closed && closed.error().code() != Errc::busy && closed.error().code() != Errc::closed) {
    engine_->log_line(LogLevel::error, "close failed: " + closed.error().to_string());
  }
}

Result<void> StorageEngine::close() { return engine_->close(); }

Result<void> StorageEngine::put(std::string_view key, std::string_view value,
                                const WriteOptions& options) {
  return put(engine_->keyspaces().default_keyspace(), key, value, options);
}
Result<void> StorageEngine::put(const Keyspace& keyspace, std::string_view key,
                                std::string_view value, const WriteOptions& options) {
  return engine_->write_one(keyspace.state(), OperationType::put, key, value, options);
}
Result<void> StorageEngine::put_row(const Keyspace& keyspace, std::string_view key,
                                    std::string_view value, const RowAttributes& attributes,
                                    const WriteOptions& options) {
  return engine_->write_one(keyspace.state(), OperationType::put, key, value, options, attributes);
}
Result<void> StorageEngine::remove(std::string_view key, const WriteOptions& options) {
  return remove(engine_->keyspaces().default_keyspace(), key, options);
}
Result<void> StorageEngine::remove(const Keyspace& keyspace, std::string_view key,
                                   const WriteOptions& options) {
  return engine_->write_one(keyspace.state(), OperationType::remove, key, {}, options);
}
Result<void> StorageEngine::remove_range(std::string_view first, std::string_view last,
                                         const WriteOptions& options) {
  return remove_range(engine_->keyspaces().default_keyspace(), first, last, options);
}
Result<void> StorageEngine::remove_range(const Keyspace& keyspace, std::string_view first,
                                         std::string_view last, const WriteOptions& options) {
  return engine_->write_one(keyspace.state(), OperationType::remove_range, first, last, options);
}
Result<void> StorageEngine::write(const WriteBatch& batch, const WriteOptions& options) {
  return engine_->write(batch, options);
}
std::uint64_t StorageEngine::sequence() const noexcept { return engine_->visible_sequence(); }

Result<std::optional<std::string>> StorageEngine::get(std::string_view key,
                                                      const ReadOptions& options) const {
  return get(engine_->keyspaces().default_keyspace(), key, options);
}
Result<std::optional<std::string>> StorageEngine::get(const Keyspace& keyspace,
                                                      std::string_view key,
                                                      const ReadOptions& options) const {
  std::optional<std::string> value(std::in_place);
  auto found = engine_->get_into(keyspace.state(), key, *value, options);
  if (!found) return std::move(found).error();
  if (!*found) value.reset();
  return value;
}
Result<bool> StorageEngine::get_into(std::string_view key, std::string& value,
                                     const ReadOptions& options) const {
  return get_into(engine_->keyspaces().default_keyspace(), key, value, options);
}
Result<bool> StorageEngine::get_into(const Keyspace& keyspace, std::string_view key,
                                     std::string& value, const ReadOptions& options) const {
  return engine_->get_into(keyspace.state(), key, value, options);
}
Result<std::optional<PinnedValue>> StorageEngine::get_pinned(std::string_view key,
                                                             const ReadOptions& options) const {
  return get_pinned(engine_->keyspaces().default_keyspace(), key, options);
}
Result<std::optional<PinnedValue>> StorageEngine::get_pinned(const Keyspace& keyspace,
                                                             std::string_view key,
                                                             const ReadOptions& options) const {
  return engine_->get_pinned(keyspace.state(), key, options);
}
Result<std::vector<std::optional<std::string>>> StorageEngine::multi_get(
    std::span<const std::string_view> keys, const ReadOptions& options) const {
  return multi_get(engine_->keyspaces().default_keyspace(), keys, options);
}
Result<std::vector<std::optional<std::string>>> StorageEngine::multi_get(
    const Keyspace& keyspace, std::span<const std::string_view> keys,
    const ReadOptions& options) const {
  return engine_->multi_get(keyspace.state(), keys, options);
}
Result<bool> StorageEngine::contains(std::string_view key, const ReadOptions& options) const {
  return contains(engine_->keyspaces().default_keyspace(), key, options);
}
Result<bool> StorageEngine::contains(const Keyspace& keyspace, std::string_view key,
                                     const ReadOptions& options) const {
  auto pinned = engine_->get_pinned(keyspace.state(), key, options);
  if (!pinned) return std::move(pinned).error();
  return pinned->has_value();
}

Scan StorageEngine::scan(const ScanOptions& options) const {
  return Scan(engine_->cursor(options), options.reverse);
}
Cursor StorageEngine::cursor(const ScanOptions& options) const { return engine_->cursor(options); }
Snapshot StorageEngine::snapshot() const { return Snapshot(engine_->snapshot()); }
ExpiryTime StorageEngine::now() const { return engine_->expiry_clock().now(); }

Keyspace StorageEngine::default_keyspace() const { return engine_->keyspaces().default_keyspace(); }
Result<Keyspace> StorageEngine::create_keyspace(std::string_view name) {
  return engine_->create_keyspace(name);
}
Result<Keyspace> StorageEngine::keyspace(std::string_view name) const {
  if (auto state = engine_->keyspaces().find(name)) return Keyspace(std::move(state));
  return Error(Errc::not_found, "there is no keyspace \"" + std::string(name) + "\"");
}
std::vector<Keyspace> StorageEngine::keyspaces() const { return engine_->keyspaces().all(); }
Result<void> StorageEngine::drop_keyspace(const Keyspace& keyspace) {
  return engine_->drop_keyspace(keyspace.state());
}

Result<void> StorageEngine::flush() { return engine_->flush(); }
Result<void> StorageEngine::sync() { return engine_->sync(); }
Result<void> StorageEngine::start_compaction() { return engine_->start_compaction(); }
Result<void> StorageEngine::stop_compaction() { return engine_->stop_compaction(); }
Result<void> StorageEngine::compact_range(std::optional<std::string_view> first,
                                          std::optional<std::string_view> last,
                                          const Keyspace* keyspace) {
  const Keyspace& target =
      keyspace != nullptr ? *keyspace : engine_->keyspaces().default_keyspace();
  return engine_->compact_range(first, last, target.state());
}
Result<void> StorageEngine::checkpoint(const std::filesystem::path& directory) {
  return engine_->checkpoint(directory);
}
Statistics StorageEngine::statistics() const { return engine_->statistics(); }
const std::filesystem::path& StorageEngine::directory() const noexcept {
  return engine_->directory();
}

}  // namespace quartz
