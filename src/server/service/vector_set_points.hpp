#pragma once

#include <span>
#include <string_view>

#include "quartz/result.hpp"
#include "quartz/storage/write_batch.hpp"
#include "quartz/vector/vector_collection.hpp"
#include "quartz/vector/vector_point.hpp"
#include "server/service/service.hpp"

namespace quartz::server {

/// Stores points, all of them or none, in a collection that was named rather than found by a key.
/// If it is that of a vector set, this is there still when the points are, so that they do not go
/// with an element that was the last one before. Errors: `not_found` if the vector set is no more;
/// those of `VectorCollection::upsert`. May wait for the index to catch up.
Result<void> put_points(Service& service, const VectorCollection& collection,
                        std::span<const VectorPoint> points, const WriteOptions& options);

/// Removes a point, if it is there. Errors: those of `VectorCollection::remove`.
Result<void> remove_point(Service& service, VectorCollection& collection, std::string_view id,
                          const WriteOptions& options);

/// To be called behind a change of a collection by its name: who keeps answers about keys hears
/// that one of them is not as it was, if the collection is that of a vector set. Which one nobody
/// knows.
void tell_of_changed_points(Service& service, std::string_view collection);

}  // namespace quartz::server
