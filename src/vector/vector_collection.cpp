#include "quartz/vector/vector_collection.hpp"

#include <utility>

#include "base/try.hpp"
#include "vector/collection.hpp"

namespace quartz {
namespace {

std::vector<std::span<const float>> spans_of(const VectorPoint& point) {
  return {point.vectors.begin(), point.vectors.end()};
}

Result<VectorCollection> open_collection(StorageEngine& engine, std::string_view name,
                                         const VectorCollectionConfig* config,
                                         const VectorRuntimeConfig& runtime) {
  QUARTZ_ASSIGN(auto collection, vector::Collection::open(engine.engine().shared_from_this(), name,
                                                          config, runtime));
  return VectorCollection(std::move(collection));
}

}  // namespace

Result<VectorCollection> VectorCollection::open(StorageEngine& engine, std::string_view name,
                                                const VectorCollectionConfig& config,
                                                const VectorRuntimeConfig& runtime) {
  return open_collection(engine, name, &config, runtime);
}
Result<VectorCollection> VectorCollection::open(StorageEngine& engine, std::string_view name,
                                                const VectorRuntimeConfig& runtime) {
  return open_collection(engine, name, nullptr, runtime);
}
std::vector<std::string> VectorCollection::list(const StorageEngine& engine) {
  return vector::Collection::list(engine.engine());
}
Result<void> VectorCollection::drop(StorageEngine& engine, std::string_view name) {
  return vector::Collection::drop(engine.engine().shared_from_this(), name);
}

VectorCollection::VectorCollection(std::shared_ptr<vector::Collection> collection) noexcept
    : collection_(std::move(collection)) {}
VectorCollection::VectorCollection(const VectorCollection&) noexcept = default;
VectorCollection::VectorCollection(VectorCollection&&) noexcept = default;
VectorCollection& VectorCollection::operator=(const VectorCollection&) noexcept = default;
VectorCollection& VectorCollection::operator=(VectorCollection&&) noexcept = default;
VectorCollection::~VectorCollection() = default;

const std::string& VectorCollection::name() const noexcept { return collection_->name(); }
VectorCollectionConfig VectorCollection::config() const { return collection_->keeper().config(); }

Result<void> VectorCollection::upsert(std::string_view id, std::span<const float> vector,
                                      std::string_view payload, const WriteOptions& options) {
  return collection_->upsert(id, std::span(&vector, 1), payload, options);
}
Result<void> VectorCollection::upsert(const VectorPoint& point, const WriteOptions& options) {
  return collection_->upsert(point.id, spans_of(point), point.payload, options);
}
Result<void> VectorCollection::remove(std::string_view id, const WriteOptions& options) {
  return collection_->remove(id, options);
}
Result<bool> VectorCollection::set_payload(std::string_view id, std::string_view payload,
                                           const WriteOptions& options) {
  return collection_->set_payload(id, payload, options);
}
void VectorCollection::add_upsert(WriteBatch& batch, std::string_view id,
                                  std::span<const float> vector, std::string_view payload) const {
  collection_->add_upsert(batch, id, std::span(&vector, 1), payload);
}
void VectorCollection::add_upsert(WriteBatch& batch, const VectorPoint& point) const {
  collection_->add_upsert(batch, point.id, spans_of(point), point.payload);
}
void VectorCollection::add_remove(WriteBatch& batch, std::string_view id) const {
  collection_->add_remove(batch, id);
}

Result<std::optional<VectorPoint>> VectorCollection::get(std::string_view id) const {
  return collection_->get(id);
}
Result<bool> VectorCollection::contains(std::string_view id) const {
  return collection_->contains(id);
}
std::uint64_t VectorCollection::count() const { return collection_->count(); }
Result<std::uint64_t> VectorCollection::count(const Filter& filter) const {
  return collection_->count(filter);
}
Result<std::vector<VectorPoint>> VectorCollection::scroll(
    const VectorScrollOptions& options) const {
  return collection_->scroll(options);
}

Result<std::vector<VectorHit>> VectorCollection::search(std::span<const float> query,
                                                        const VectorSearchOptions& options) const {
  return collection_->search(query, options);
}
Result<VectorSearchExplanation> VectorCollection::explain(
    std::span<const float> query, const VectorSearchOptions& options) const {
  return collection_->explain(query, options);
}
Result<std::vector<std::vector<VectorHit>>> VectorCollection::search_batch(
    std::span<const float> queries, const VectorSearchOptions& options,
    std::uint32_t threads) const {
  return collection_->search_batch(queries, options, threads);
}
Result<std::optional<std::vector<VectorHit>>> VectorCollection::search_by_id(
    std::string_view id, const VectorSearchOptions& options) const {
  return collection_->search_by_id(id, options);
}
Result<std::vector<VectorHit>> VectorCollection::search_range(
    std::span<const float> query, float score, const VectorSearchOptions& options) const {
  return collection_->search_range(query, score, options);
}

VectorStatistics VectorCollection::statistics() const { return collection_->statistics(); }
Result<void> VectorCollection::reindex(const VectorIndexConfig& config, const Progress& progress) {
  QUARTZ_TRY(collection_->check_open());
  return collection_->keeper().rebuild(config, progress);
}
Result<void> VectorCollection::create_payload_index(std::string_view field, PayloadIndexKind kind) {
  QUARTZ_TRY(collection_->check_open());
  return collection_->keeper().declare_payload_index({std::string(field), kind});
}
Result<void> VectorCollection::wait_until_indexed(const Progress& progress) const {
  QUARTZ_TRY(collection_->check_open());
  return collection_->keeper().wait_until_linked(progress);
}
Result<void> VectorCollection::save_index() {
  QUARTZ_TRY(collection_->check_open());
  return collection_->keeper().save();
}
Result<double> VectorCollection::measure_recall(const VectorSearchOptions& options,
                                                std::size_t sample_count) const {
  return collection_->measure_recall(options, sample_count);
}

}  // namespace quartz
