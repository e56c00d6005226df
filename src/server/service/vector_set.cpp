#include "server/service/vector_set.hpp"

#include <vector>

#include "base/try.hpp"
#include "vector/components.hpp"
#include "vector/point_value.hpp"

namespace quartz::server {
namespace {

/// Keys of points are those in between.
constexpr std::string_view kPointsBegin(&vector::kPointKeyPrefix, 1);
constexpr char kBehindPoints = vector::kPointKeyPrefix + 1;
constexpr std::string_view kPointsEnd(&kBehindPoints, 1);

}  // namespace

VectorSet::VectorSet(const DatabaseView& view, std::string_view key, VectorSetHead head,
                     VectorCollection collection)
    : view_(view),
      key_(key),
      head_(std::move(head)),
      collection_(std::make_shared<const VectorCollection>(std::move(collection))) {
  // Writes name its keyspace by address.
  view_.transaction().keep(collection_);
}

Result<std::optional<VectorSet>> VectorSet::find(VectorSetCollections& collections,
                                                 const DatabaseView& view, std::string_view key,
                                                 Opening opening) {
  DatabaseView rows = view;
  QUARTZ_ASSIGN(const auto row, rows.find(RowKind::vector_set, key));
  if (!row) return std::optional<VectorSet>();
  QUARTZ_ASSIGN(VectorSetHead head, VectorSetHead::decode(row->value, key));
  auto open = collections.opened(head);
  if (!open && opening == Opening::if_open) {
    return Error(Errc::busy, "the index of this vector set is not loaded yet");
  }
  if (!open) {
    auto opened = collections.open(head);
    if (!opened && opened.error().code() == Errc::not_found) return std::optional<VectorSet>();
    if (!opened) return opened.error();
    open = *std::move(opened);
  }
  return std::optional(VectorSet(view, key, std::move(head), *std::move(open)));
}

Result<VectorSet> VectorSet::create(VectorSetCollections& collections, const DatabaseView& view,
                                    std::string_view key, const VectorCollectionConfig& config,
                                    std::span<const float> first) {
  QUARTZ_TRY(vector::check_components(first));
  QUARTZ_TRY(vector::check_direction(first));
  DatabaseView rows = view;
  QUARTZ_ASSIGN(const CollectionHead fresh, rows.new_head());
  VectorSetHead head{
      .generation = fresh.generation,
      .collection = vector_set_collection(view.database().number, fresh.generation, key)};
  QUARTZ_ASSIGN(VectorSetCollections::Creation made, collections.create(head, config));
  view.transaction().keep(std::move(made.claim));
  VectorSet created(view, key, std::move(head), std::move(made.collection));
  created.has_row_ = false;
  return created;
}

Result<std::optional<VisibleRow>> VectorSet::read(std::string_view element) {
  if (element.empty() || element.size() > kPointIdBytesMax) return std::optional<VisibleRow>();
  // Depending on the row itself too: programs write points that know nothing of the key.
  return view_.transaction().read(collection_->collection().keyspace(), vector::point_key(element));
}

Result<void> VectorSet::write(std::string_view element, std::string_view row,
                              std::string_view event) {
  QUARTZ_ASSIGN(const auto head, view_.find(key_));
  if (has_row_ && head) view_.touch(key_, *head);
  if (!has_row_ && head) view_.erase(key_, *head);
  if (!has_row_) view_.put_vector_set(key_, head_);
  has_row_ = true;
  view_.transaction().put(collection_->collection().keyspace(), vector::point_key(element), row);
  view_.announce(KeyEventClass::generic, event, key_);
  return {};
}

Result<bool> VectorSet::put(std::string_view element, std::span<const float> vector,
                            std::optional<std::string_view> attributes) {
  QUARTZ_ASSIGN(const auto old, read(element));
  std::string kept;
  if (old && !attributes) {
    QUARTZ_ASSIGN(const auto value, vector::parse_point_value(old->value, dimensions()));
    kept = value.payload;
  }
  QUARTZ_ASSIGN(const std::string row, collection_->collection().encode_point(
                                           element, {{vector}}, attributes.value_or(kept)));
  QUARTZ_TRY(write(element, row, "vadd"));
  return !old.has_value();
}

Result<bool> VectorSet::set_attributes(std::string_view element, std::string_view attributes) {
  QUARTZ_ASSIGN(const auto point, get(element));
  if (!point) return false;
  const std::vector<std::span<const float>> vectors(point->vectors.begin(), point->vectors.end());
  QUARTZ_ASSIGN(const std::string row,
                collection_->collection().encode_point(element, vectors, attributes));
  QUARTZ_TRY(write(element, row, "vsetattr"));
  return true;
}

Result<bool> VectorSet::remove(std::string_view element) {
  QUARTZ_ASSIGN(const auto old, read(element));
  if (!old) return false;
  QUARTZ_ASSIGN(const auto head, view_.find(key_));
  QUARTZ_ASSIGN(const bool last, is_last(element));
  view_.transaction().remove(collection_->collection().keyspace(), vector::point_key(element));
  view_.announce(KeyEventClass::generic, "vrem", key_);
  if (!head) return true;
  if (last) {
    // Whoever puts a point without knowing the key touches what this depends on, too.
    view_.depend_on_vector_set(head_.generation);
    view_.erase(key_, *head);
    view_.announce(KeyEventClass::generic, "del", key_);
  } else {
    view_.touch(key_, *head);
  }
  return true;
}

Result<bool> VectorSet::is_last(std::string_view element) const {
  // Whoever adds or removes by the key touches it, which this depends on.
  if (!has_pending_writes() && collection_->count() > 1) return false;
  RowCursor points(view_.transaction(), collection_->collection().keyspace(), kPointsBegin,
                   kPointsEnd);
  if (points.valid() && points.key().substr(1) == element) points.next();
  if (points.error()) return *points.error();
  return !points.valid();
}

Result<std::optional<VectorPoint>> VectorSet::get(std::string_view element) {
  QUARTZ_ASSIGN(const auto row, read(element));
  if (!row) return std::optional<VectorPoint>();
  QUARTZ_ASSIGN(const auto value, vector::parse_point_value(row->value, dimensions()));
  return std::optional(VectorPoint{.id = std::string(element),
                                   .vectors = value.vectors(),
                                   .payload = std::string(value.payload)});
}

Result<std::uint64_t> VectorSet::count() {
  std::uint64_t count = collection_->count();
  const auto pending = view_.transaction().writes().within(collection_->collection().keyspace(),
                                                           kPointsBegin, kPointsEnd);
  for (const PendingWrite* const write : pending) {
    QUARTZ_ASSIGN(const bool was_there, collection_->contains(write->key.substr(1)));
    count += write->removed ? 0 : 1;
    count -= was_there ? 1 : 0;
  }
  return count;
}

bool VectorSet::has_pending_writes() const {
  return !view_.transaction()
              .writes()
              .within(collection_->collection().keyspace(), kPointsBegin, kPointsEnd)
              .empty();
}

}  // namespace quartz::server
