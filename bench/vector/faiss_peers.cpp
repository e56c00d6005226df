#include <algorithm>
#include <cmath>
#include <cstdint>
#include <memory>
#include <omp.h>
#include <utility>

#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFFlat.h>
#include <fmt/format.h>

#include "bench/vector/vector_peer.hpp"

namespace quartz::bench {
namespace {

/// Any index of Faiss, which takes and gives back the same in all of them.
class FaissPeer : public VectorPeer {
 public:
  void build(const VectorRows& rows, unsigned threads) override {
    index_ = make(rows);
    omp_set_num_threads(static_cast<int>(threads));
    const auto count = static_cast<std::int64_t>(rows.count());
    index_->train(count, rows.components.data());
    index_->add(count, rows.components.data());
    omp_set_num_threads(1);
  }

  void search(std::span<const float> query, std::size_t breadth,
              std::span<std::uint32_t> found) override {
    set_breadth(breadth);
    rows_.resize(found.size());
    distances_.resize(found.size());
    index_->search(1, query.data(), static_cast<std::int64_t>(found.size()), distances_.data(),
                   rows_.data());
    // It says -1 where there is none.
    for (std::size_t i = 0; i < found.size(); ++i) found[i] = static_cast<std::uint32_t>(rows_[i]);
  }

 protected:
  virtual std::unique_ptr<faiss::Index> make(const VectorRows& rows) = 0;
  virtual void set_breadth(std::size_t breadth) = 0;

  static std::size_t bytes_of(const faiss::HNSW& graph) {
    return graph.neighbors.size() * sizeof(graph.neighbors[0]) +
           graph.offsets.size() * sizeof(graph.offsets[0]) +
           graph.levels.size() * sizeof(graph.levels[0]);
  }
  const faiss::Index& index() const { return *index_; }

 private:
  std::unique_ptr<faiss::Index> index_;
  std::vector<std::int64_t> rows_;
  std::vector<float> distances_;
};

template <class Storage>
class FaissGraphPeer final : public FaissPeer {
 public:
  std::size_t memory_bytes() const override {
    const auto* const storage = dynamic_cast<const faiss::IndexFlatCodes*>(graph_->storage);
    return bytes_of(graph_->hnsw) + (storage == nullptr ? 0 : storage->codes.size());
  }

 private:
  std::unique_ptr<faiss::Index> make(const VectorRows& rows) override {
    auto graph = make_graph(static_cast<int>(rows.dimensions));
    graph->hnsw.efConstruction = static_cast<int>(kGraphEfConstruction);
    graph_ = graph.get();
    return graph;
  }
  static std::unique_ptr<faiss::IndexHNSW> make_graph(int dimensions);
  void set_breadth(std::size_t breadth) override {
    graph_->hnsw.efSearch = static_cast<int>(breadth);
  }

  faiss::IndexHNSW* graph_ = nullptr;
};

template <>
std::unique_ptr<faiss::IndexHNSW> FaissGraphPeer<faiss::IndexHNSWFlat>::make_graph(int dimensions) {
  return std::make_unique<faiss::IndexHNSWFlat>(dimensions, static_cast<int>(kGraphM));
}
template <>
std::unique_ptr<faiss::IndexHNSW> FaissGraphPeer<faiss::IndexHNSWSQ>::make_graph(int dimensions) {
  return std::make_unique<faiss::IndexHNSWSQ>(dimensions, faiss::ScalarQuantizer::QT_8bit,
                                              static_cast<int>(kGraphM));
}

/// Cells of an inverted file, four times the root of the number of vectors, as Faiss advises.
class FaissCellsPeer final : public FaissPeer {
 public:
  std::size_t memory_bytes() const override {
    const auto count = static_cast<std::size_t>(index().ntotal);
    return count * (cells_->code_size + sizeof(std::int64_t)) +
           cells_->nlist * static_cast<std::size_t>(index().d) * sizeof(float);
  }

 private:
  std::unique_ptr<faiss::Index> make(const VectorRows& rows) override {
    const auto dimensions = static_cast<std::int64_t>(rows.dimensions);
    centres_ = std::make_unique<faiss::IndexFlatL2>(dimensions);
    const auto advised = 4 * std::sqrt(static_cast<double>(rows.count()));
    const std::size_t cell_count = std::min(static_cast<std::size_t>(advised), rows.count());
    auto cells = std::make_unique<faiss::IndexIVFFlat>(centres_.get(), rows.dimensions, cell_count);
    // It warns of fewer than 39 vectors a cell, which small samples have on purpose.
    cells->cp.min_points_per_centroid = 1;
    cells_ = cells.get();
    return cells;
  }
  void set_breadth(std::size_t breadth) override { cells_->nprobe = breadth; }

  std::unique_ptr<faiss::IndexFlatL2> centres_;
  faiss::IndexIVFFlat* cells_ = nullptr;
};

VectorPeerKind kind(const char* name, std::vector<std::size_t> breadths,
                    std::function<std::unique_ptr<VectorPeer>()> make) {
  return {.name = name,
          .version = fmt::format("{}.{}.{}", FAISS_VERSION_MAJOR, FAISS_VERSION_MINOR,
                                 FAISS_VERSION_PATCH),
          .remark = QUARTZ_BENCH_FAISS_REMARK,
          .breadths = std::move(breadths),
          .make = std::move(make)};
}

}  // namespace

std::vector<VectorPeerKind> faiss_peers() {
  return {
      kind("faiss_HNSW", graph_breadths(),
           [] { return std::make_unique<FaissGraphPeer<faiss::IndexHNSWFlat>>(); }),
      kind("faiss_HNSW_SQ8", graph_breadths(),
           [] { return std::make_unique<FaissGraphPeer<faiss::IndexHNSWSQ>>(); }),
      kind("faiss_IVF", {1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64},
           [] { return std::make_unique<FaissCellsPeer>(); }),
  };
}

}  // namespace quartz::bench
