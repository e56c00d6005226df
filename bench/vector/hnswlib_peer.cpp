#include <memory>

#include <hnswlib/hnswlib.h>

#include "bench/vector/share_rows.hpp"
#include "bench/vector/vector_peer.hpp"

// hnswlib has no library to link: it is compiled here, for the processor that this is built on, as
// its authors do it.

namespace quartz::bench {
namespace {

class HnswlibPeer final : public VectorPeer {
 public:
  void build(const VectorRows& rows, unsigned threads) override {
    space_ = std::make_unique<hnswlib::L2Space>(rows.dimensions);
    index_ = std::make_unique<hnswlib::HierarchicalNSW<float>>(space_.get(), rows.count(), kGraphM,
                                                               kGraphEfConstruction, 1);
    share_rows(rows.count(), threads, [&](const auto& take) {
      for (std::size_t row; (row = take()) < rows.count();) {
        index_->addPoint(rows.row(row).data(), row);
      }
    });
  }

  void search(std::span<const float> query, std::size_t breadth,
              std::span<std::uint32_t> found) override {
    index_->setEf(breadth);
    auto nearest = index_->searchKnn(query.data(), found.size());
    for (std::size_t i = found.size(); i-- > 0;) {
      if (i >= nearest.size()) {
        found[i] = kNoRow;
        continue;
      }
      found[i] = static_cast<std::uint32_t>(nearest.top().second);
      nearest.pop();
    }
  }

  // Level 0 with vectors, and a pointer for each to the links above.
  std::size_t memory_bytes() const override {
    return index_->cur_element_count * (index_->size_data_per_element_ + sizeof(void*));
  }

 private:
  std::unique_ptr<hnswlib::L2Space> space_;
  std::unique_ptr<hnswlib::HierarchicalNSW<float>> index_;
};

}  // namespace

VectorPeerKind hnswlib_peer() {
  return {.name = "hnswlib",
          .version = QUARTZ_BENCH_HNSWLIB_VERSION,
          .remark = "compiled with -O3 -march=native",
          .breadths = graph_breadths(),
          .make = [] { return std::make_unique<HnswlibPeer>(); }};
}

}  // namespace quartz::bench
