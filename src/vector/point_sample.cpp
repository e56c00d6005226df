#include "vector/point_sample.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/try.hpp"
#include "vector/indexed_point.hpp"
#include "vector/point_value.hpp"

namespace quartz::vector {
namespace {

/// As many stretches of the ids are read from a large collection.
constexpr std::uint64_t kStretches = 256;

/// Reads rows of a collection into a sample.
class Sampler {
 public:
  Sampler(storage::Engine& engine, const Keyspace& keyspace, std::size_t dimensions, Metric metric)
      : reader_(dimensions, metric), dimensions_(dimensions), prefix_(1, kPointKeyPrefix) {
    cursor_.emplace(
        engine.cursor({.prefix = prefix_, .keyspace = &keyspace, .fill_block_cache = false}));
  }

  Result<std::vector<float>> take(std::size_t vectors_max) {
    cursor_->seek_to_first();
    const bool all = read_rows(vectors_max);
    if (!all && !cursor_->error()) {
      sample_.clear();
      read_stretches(vectors_max);
    }
    if (const auto& error = cursor_->error()) return *error;
    return std::move(sample_);
  }

 private:
  // True at the end of the rows, false when there are enough.
  bool read_rows(std::size_t vectors_max) {
    for (; cursor_->valid(); cursor_->next()) {
      if (sample_.size() >= vectors_max * dimensions_) return false;
      const auto point = reader_.read(cursor_->key().substr(1), cursor_->value());
      if (point) sample_.insert(sample_.end(), point->components.begin(), point->components.end());
    }
    return true;
  }

  // Ids are taken for numbers, of which the first and the last are known.
  void read_stretches(std::size_t vectors_max) {
    cursor_->seek_to_first();
    const std::string first(cursor_->key());
    cursor_->seek_to_last();
    const std::string last(cursor_->key());
    const auto differ = std::ranges::mismatch(first, last).in1 - first.begin();
    const auto common = static_cast<std::size_t>(differ);
    const std::uint64_t begin = number_at(first, common);
    const std::uint64_t step = (number_at(last, common) - begin) / kStretches;
    for (std::uint64_t i = 0; i < kStretches; ++i) {
      cursor_->seek(first.substr(0, common) + text_of(begin + i * step));
      read_rows((i + 1) * vectors_max / kStretches);
    }
  }

  static std::uint64_t number_at(std::string_view key, std::size_t offset) {
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < sizeof(number); ++i) {
      const std::size_t at = offset + i;
      number = number << 8 | (at < key.size() ? static_cast<unsigned char>(key[at]) : 0);
    }
    return number;
  }
  static std::string text_of(std::uint64_t number) {
    std::string text(sizeof(number), '\0');
    for (std::size_t i = text.size(); i-- > 0; number >>= 8) {
      text[i] = static_cast<char>(number & 0xFF);
    }
    return text;
  }

  PointReader reader_;
  const std::size_t dimensions_;
  const std::string prefix_;
  std::optional<Cursor> cursor_;
  std::vector<float> sample_;
};

}  // namespace

Result<std::vector<float>> sample_points(storage::Engine& engine, const Keyspace& keyspace,
                                         std::size_t dimensions, Metric metric,
                                         std::size_t vectors_max) {
  return Sampler(engine, keyspace, dimensions, metric).take(vectors_max);
}

}  // namespace quartz::vector
