#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/epoch.hpp"
#include "base/try.hpp"
#include "vector/collection.hpp"
#include "vector/filter_evaluator.hpp"
#include "vector/point_value.hpp"

namespace quartz::vector {
namespace {

VectorPoint to_point(std::string_view id, const PointValue& value) {
  return {.id = std::string(id), .vectors = value.vectors(), .payload = std::string(value.payload)};
}

}  // namespace

Result<std::optional<VectorPoint>> Collection::get(std::string_view id) const {
  QUARTZ_TRY(check_open());
  QUARTZ_TRY(check_id(id));
  std::string bytes;
  QUARTZ_ASSIGN(const bool found, engine_->get_into(keyspace_.state(), point_key(id), bytes, {}));
  if (!found) return std::optional<VectorPoint>();
  QUARTZ_ASSIGN(const PointValue value, parse_point_value(bytes, dimensions_));
  return std::optional(to_point(id, value));
}

Result<bool> Collection::contains(std::string_view id) const {
  QUARTZ_TRY(check_open());
  QUARTZ_TRY(check_id(id));
  QUARTZ_ASSIGN(const auto value, engine_->get_pinned(keyspace_.state(), point_key(id), {}));
  return value.has_value();
}

std::uint64_t Collection::count() const {
  const EpochGuard guard;
  return keeper_.view().index->point_count();
}

Result<std::uint64_t> Collection::count(const Filter& filter) const {
  QUARTZ_TRY(check_open());
  QUARTZ_ASSIGN(const FilterEvaluator evaluator, FilterEvaluator::compile(filter));
  const std::string prefix(1, kPointKeyPrefix);
  Cursor cursor =
      engine_->cursor({.prefix = prefix, .keyspace = &keyspace_, .fill_block_cache = false});
  std::uint64_t matching = 0;
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) {
    QUARTZ_ASSIGN(const PointValue value, parse_point_value(cursor.value(), dimensions_));
    if (evaluator.matches(cursor.key().substr(1), value.payload)) ++matching;
  }
  if (const auto& error = cursor.error()) return *error;
  return matching;
}

Result<std::vector<VectorPoint>> Collection::scroll(const VectorScrollOptions& options) const {
  QUARTZ_TRY(check_open());
  if (options.limit == 0) return Error(Errc::invalid_argument, "limit = 0 returns no point");
  QUARTZ_ASSIGN(const FilterEvaluator filter, FilterEvaluator::compile(options.filter));
  const std::string prefix(1, kPointKeyPrefix);
  Cursor cursor = engine_->cursor({.prefix = prefix, .keyspace = &keyspace_});
  std::vector<VectorPoint> points;
  const std::string after = point_key(options.after.value_or(""));
  for (cursor.seek(after); cursor.valid() && points.size() < options.limit; cursor.next()) {
    if (options.after && cursor.key() == after) continue;
    const std::string_view id = cursor.key().substr(1);
    QUARTZ_ASSIGN(const PointValue value, parse_point_value(cursor.value(), dimensions_));
    if (filter.matches(id, value.payload)) points.push_back(to_point(id, value));
  }
  if (const auto& error = cursor.error()) return *error;
  return points;
}

}  // namespace quartz::vector
