#include <utility>

#include <fmt/format.h>

#include "base/hash.hpp"
#include "base/try.hpp"
#include "vector/collection.hpp"
#include "vector/components.hpp"
#include "vector/payload.hpp"
#include "vector/point_value.hpp"

namespace quartz::vector {

Result<void> Collection::check_id(std::string_view id) const {
  if (!id.empty() && id.size() <= kPointIdBytesMax) return {};
  return Error(id.empty() ? Errc::invalid_argument : Errc::too_large,
               fmt::format("the id of a point of \"{}\" has {} bytes, not 1 to {}", name_,
                           id.size(), kPointIdBytesMax));
}

Result<void> Collection::check_vector(std::span<const float> vector, std::string_view what) const {
  if (vector.size() != dimensions_) {
    return Error(Errc::invalid_argument,
                 fmt::format("{} has {} dimensions; those of collection \"{}\" have {}", what,
                             vector.size(), name_, dimensions_));
  }
  auto checked = check_components(vector);
  if (checked && metric_ == Metric::cosine) checked = check_direction(vector);
  if (checked) return {};
  return Error(checked.error().code(), fmt::format("{}: {}", what, checked.error().message()));
}

// The row of a point that may be stored.
Result<std::string> Collection::encode_point(std::string_view id,
                                             std::span<const std::span<const float>> vectors,
                                             std::string_view payload) {
  QUARTZ_TRY(check_open());
  QUARTZ_TRY(check_id(id));
  if (vectors.empty() || vectors.size() > kPointVectorsMax) {
    return Error(vectors.empty() ? Errc::invalid_argument : Errc::too_large,
                 fmt::format("point \"{}\" has {} vectors, not 1 to {}", id, vectors.size(),
                             kPointVectorsMax));
  }
  for (const auto& vector : vectors) {
    QUARTZ_TRY(check_vector(vector, fmt::format("a vector of point \"{}\"", id)));
  }
  if (!payload.empty()) {
    if (auto valid = validate_payload(payload); !valid) {
      return Error(valid.error().code(),
                   fmt::format("the payload of point \"{}\": {}", id, valid.error().message()));
    }
  }
  QUARTZ_TRY(keeper_.check_memory(vectors.size(), id.size() + payload.size()));
  keeper_.wait_for_room();
  PointValueWriter value(next_version_.fetch_add(1, std::memory_order_relaxed), dimensions_,
                         vectors.size(), payload.size());
  for (const auto& vector : vectors) value.add_vector(vector);
  return std::move(value).finish(payload);
}

Mutex& Collection::write_lock_of(std::string_view id) noexcept {
  return write_locks_[hash_key(id, 0) % kWriteLocks];
}

Result<void> Collection::upsert(std::string_view id,
                                std::span<const std::span<const float>> vectors,
                                std::string_view payload, const WriteOptions& options) {
  QUARTZ_ASSIGN(const std::string value, encode_point(id, vectors, payload));
  MutexLock lock(write_lock_of(id));
  return engine_->write_one(keyspace_.state(), storage::OperationType::put, point_key(id), value,
                            options);
}

Result<void> Collection::remove(std::string_view id, const WriteOptions& options) {
  QUARTZ_TRY(check_open());
  QUARTZ_TRY(check_id(id));
  MutexLock lock(write_lock_of(id));
  return engine_->write_one(keyspace_.state(), storage::OperationType::remove, point_key(id), {},
                            options);
}

Result<bool> Collection::set_payload(std::string_view id, std::string_view payload,
                                     const WriteOptions& options) {
  MutexLock lock(write_lock_of(id));
  QUARTZ_ASSIGN(const std::optional<VectorPoint> point, get(id));
  if (!point) return false;
  const std::vector<std::span<const float>> vectors(point->vectors.begin(), point->vectors.end());
  QUARTZ_ASSIGN(const std::string value, encode_point(id, vectors, payload));
  QUARTZ_TRY(engine_->write_one(keyspace_.state(), storage::OperationType::put, point_key(id),
                                value, options));
  return true;
}

void Collection::add_upsert(WriteBatch& batch, std::string_view id,
                            std::span<const std::span<const float>> vectors,
                            std::string_view payload) {
  auto value = encode_point(id, vectors, payload);
  if (!value) {
    batch.refuse(std::move(value).error());
  } else {
    batch.put(keyspace_, point_key(id), *value);
  }
}

void Collection::add_remove(WriteBatch& batch, std::string_view id) const {
  auto checked = check_open();
  if (checked) checked = check_id(id);
  if (!checked) {
    batch.refuse(std::move(checked).error());
  } else {
    batch.remove(keyspace_, point_key(id));
  }
}

Result<void> Collection::write(const WriteBatch& batch, const WriteOptions& options) {
  QUARTZ_TRY(check_open());
  return engine_->write(batch, options);
}

}  // namespace quartz::vector
