#include "cli/peer_hnswlib.hpp"

// Defined where the build has found hnswlib.
#ifdef QUARTZ_HNSWLIB

#include <algorithm>
#include <atomic>
#include <exception>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <hnswlib/hnswlib.h>

#include "base/try.hpp"
#include "vector/distance_kernels.hpp"

namespace quartz::cli {
namespace {

// Rows that a thread takes at a time: enough that threads seldom meet, and few enough that progress
// moves.
constexpr std::size_t kRowsAtATime = 64;

float squared_distance(const void* a, const void* b, const void* dimensions) {
  static const auto kernel = vector::distance_kernels().squared_l2_f32;
  return kernel(static_cast<const std::byte*>(a), static_cast<const std::byte*>(b),
                *static_cast<const std::size_t*>(dimensions));
}

class SquaredDistance final : public hnswlib::SpaceInterface<float> {
 public:
  explicit SquaredDistance(std::size_t dimensions) : dimensions_(dimensions) {}
  std::size_t get_data_size() override { return dimensions_ * sizeof(float); }
  hnswlib::DISTFUNC<float> get_dist_func() override { return squared_distance; }
  void* get_dist_func_param() override { return &dimensions_; }

 private:
  std::size_t dimensions_;
};

class HnswlibSearch final : public MeasuredSearch {
 public:
  HnswlibSearch(std::span<const float> rows, std::size_t dimensions,
                const VectorIndexConfig& config)
      : rows_(rows),
        dimensions_(dimensions),
        space_(dimensions),
        graph_(&space_, rows.size() / dimensions, config.m, config.ef_construction, config.seed) {}

  Result<void> build(unsigned threads, const std::function<Result<void>(std::uint64_t)>& progress) {
    const std::size_t count = rows_.size() / dimensions_;
    // Its first row is the only one that it does not let several threads add.
    graph_.addPoint(rows_.data(), 0);
    std::vector<std::thread> others;
    for (unsigned i = 1; i < threads; ++i) {
      others.emplace_back([&] {
        while (add_some(count)) {
        }
      });
    }
    Result<void> told;
    while (told && add_some(count)) told = progress(std::min(next_.load(), count));
    next_ = count;  // Whoever ends it ends it for all.
    for (std::thread& other : others) other.join();
    if (failed_) return Error(Errc::no_space, "hnswlib: a row could not be added");
    return told;
  }

  Result<void> search(std::span<const float> query, std::size_t k, std::size_t ef,
                      std::vector<std::uint64_t>& rows) override {
    rows.clear();
    graph_.setEf(ef);
    auto nearest = graph_.searchKnn(query.data(), k);
    for (; !nearest.empty(); nearest.pop()) rows.push_back(nearest.top().second);
    return {};
  }

 private:
  // Whether there were rows left.
  bool add_some(std::size_t count) noexcept {
    const std::size_t first = next_.fetch_add(kRowsAtATime);
    if (first >= count) return false;
    try {
      for (std::size_t row = first; row < std::min(first + kRowsAtATime, count); ++row) {
        graph_.addPoint(rows_.data() + row * dimensions_, row);
      }
    } catch (const std::exception&) {
      // It throws for want of memory and nothing else, if it is used as it should be.
      failed_ = true;
      return false;
    }
    return true;
  }

  std::span<const float> rows_;
  std::size_t dimensions_;
  SquaredDistance space_;
  hnswlib::HierarchicalNSW<float> graph_;
  std::atomic<std::size_t> next_{1};
  std::atomic<bool> failed_{false};
};

}  // namespace

bool has_hnswlib() noexcept { return true; }

Result<std::unique_ptr<MeasuredSearch>> build_hnswlib(
    std::span<const float> rows, std::size_t dimensions, const VectorIndexConfig& config,
    unsigned threads, const std::function<Result<void>(std::uint64_t)>& progress) {
  try {
    auto peer = std::make_unique<HnswlibSearch>(rows, dimensions, config);
    QUARTZ_TRY(peer->build(threads, progress));
    return std::unique_ptr<MeasuredSearch>(std::move(peer));
  } catch (const std::runtime_error& error) {
    return Error(Errc::no_space, fmt::format("hnswlib: {}", error.what()));
  }
}

}  // namespace quartz::cli

#else

namespace quartz::cli {

bool has_hnswlib() noexcept { return false; }

Result<std::unique_ptr<MeasuredSearch>> build_hnswlib(
    std::span<const float> /*rows*/, std::size_t /*dimensions*/,
    const VectorIndexConfig& /*config*/, unsigned /*threads*/,
    const std::function<Result<void>(std::uint64_t)>& /*progress*/) {
  return Error(Errc::unsupported, "this build has no hnswlib to measure");
}

}  // namespace quartz::cli

#endif
