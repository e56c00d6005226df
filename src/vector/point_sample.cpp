#include "vector/point_sample.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "base/random.hpp"
#include "base/try.hpp"
#include "vector/indexed_point.hpp"
#include "vector/point_value.hpp"

namespace quartz::vector {
namespace {

/// Takes a sample of vectors whose number is not known before the last of them was seen, by
/// algorithm R (Vitter, "Random sampling with a reservoir", 1985).
class Sampler {
 public:
  Sampler(std::size_t dimensions, Metric metric, std::size_t vectors_max)
      : reader_(dimensions, metric), dimensions_(dimensions), vectors_max_(vectors_max) {}

  void see(std::string_view id, std::string_view value) {
    const auto row = parse_point_value(value, dimensions_);
    if (!row) return;
    std::optional<IndexedPoint> point;  // Of most rows of a large collection no vector is taken.
    for (std::size_t i = 0; i < row->vector_count; ++i) {
      const std::size_t place = next_place();
      if (place >= vectors_max_) continue;
      if (!point) {
        const auto read = reader_.read(id, value);
        if (!read) return;
        point = *read;
      }
      put(place, point->components.subspan(i * dimensions_, dimensions_));
    }
  }

  std::vector<float> take() && { return std::move(sample_); }

 private:
  // Where the next vector belongs; from `vectors_max_` on, it is not taken.
  std::size_t next_place() noexcept {
    ++seen_;
    const std::size_t taken = sample_.size() / dimensions_;
    return taken < vectors_max_ ? taken : static_cast<std::size_t>(random_.below(seen_));
  }

  void put(std::size_t place, std::span<const float> components) {
    const std::size_t at = place * dimensions_;
    if (at == sample_.size()) sample_.resize(at + dimensions_);
    std::ranges::copy(components, sample_.begin() + static_cast<std::ptrdiff_t>(at));
  }

  PointReader reader_;
  const std::size_t dimensions_;
  const std::size_t vectors_max_;
  Random random_{1};
  std::uint64_t seen_ = 0;
  std::vector<float> sample_;
};

}  // namespace

Result<std::vector<float>> sample_points(storage::Engine& engine, const Keyspace& keyspace,
                                         std::size_t dimensions, Metric metric,
                                         std::size_t vectors_max,
                                         const std::atomic<bool>& stopping) {
  Cursor cursor = engine.cursor({.prefix = std::string_view(&kPointKeyPrefix, 1),
                                 .keyspace = &keyspace,
                                 .fill_block_cache = false});
  Sampler sampler(dimensions, metric, vectors_max);
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) {
    if (stopping.load(std::memory_order_acquire)) return engine.closed_error();
    sampler.see(cursor.key().substr(1), cursor.value());
  }
  if (const auto& error = cursor.error()) return *error;
  return std::move(sampler).take();
}

}  // namespace quartz::vector
