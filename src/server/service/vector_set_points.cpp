#include "server/service/vector_set_points.hpp"

#include <string>
#include <vector>

#include "base/try.hpp"
#include "server/service/vector_set_head.hpp"
#include "vector/collection.hpp"
#include "vector/point_value.hpp"

namespace quartz::server {
namespace {

Result<void> put_all(DatabaseView& view, const VectorCollection& collection,
                     std::span<const VectorPoint> points) {
  vector::Collection& rows = collection.collection();
  for (const VectorPoint& point : points) {
    const std::vector<std::span<const float>> vectors(point.vectors.begin(), point.vectors.end());
    QUARTZ_ASSIGN(const std::string row, rows.encode_point(point.id, vectors, point.payload));
    view.transaction().put(rows.keyspace(), vector::point_key(point.id), row);
  }
  return {};
}

}  // namespace

Result<void> put_points(Service& service, const VectorCollection& collection,
                        std::span<const VectorPoint> points, const WriteOptions& options) {
  const auto origin = vector_set_origin(collection.name());
  if (!origin) {
    WriteBatch batch;
    for (const VectorPoint& point : points) collection.add_upsert(batch, point);
    return service.engine().write(batch, options);
  }
  QUARTZ_ASSIGN(const Database* const database, service.databases().select(origin->database));
  QUARTZ_TRY(service.run(
      *database,
      [&](DatabaseView& view) -> Result<void> {
        QUARTZ_ASSIGN(const bool is_there, view.touch_vector_set(origin->generation));
        if (!is_there) return Error(Errc::not_found, "the vector set is no more");
        return put_all(view, collection, points);
      },
      options));
  tell_of_changed_points(service, collection.name());
  return {};
}

Result<void> remove_point(Service& service, VectorCollection& collection, std::string_view id,
                          const WriteOptions& options) {
  QUARTZ_TRY(collection.remove(id, options));
  tell_of_changed_points(service, collection.name());
  return {};
}

void tell_of_changed_points(Service& service, std::string_view collection) {
  const auto origin = vector_set_origin(collection);
  if (origin) service.key_changes().emptied(origin->database, nullptr);
}

}  // namespace quartz::server
