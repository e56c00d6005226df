#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include "base/epoch.hpp"
#include "bench/measure/require.hpp"
#include "bench/vector/share_rows.hpp"
#include "bench/vector/vector_peer.hpp"
#include "quartz/version.hpp"
#include "vector/code_space.hpp"
#include "vector/distance_kernels.hpp"
#include "vector/hnsw_insert.hpp"
#include "vector/hnsw_links.hpp"
#include "vector/hnsw_search.hpp"
#include "vector/quantizer.hpp"
#include "vector/slot_array.hpp"
#include "vector/slot_states.hpp"

namespace quartz::bench {
namespace {

/// Quartz's graph by itself, without a collection around it: built and searched on codes of eight
/// bits, with the best of what a search meets ranked again by the vectors themselves.
class QuartzGraphPeer final : public VectorPeer {
 public:
  void build(const VectorRows& rows, unsigned threads) override {
    set_up(rows);
    const vector::CodeSpace space(*codes_, quantizer_->code_distance());
    const vector::HnswInserter inserter(links_, states_, space, kGraphEfConstruction, 1);
    share_rows(rows.count(), threads, [&](const auto& take) {
      vector::HnswScratch scratch;
      for (std::size_t row; (row = take()) < rows.count();) {
        const auto slot = static_cast<vector::Slot>(row);
        quantizer_->encode(rows.row(row), codes_->at(slot));
        std::ranges::copy(std::as_bytes(rows.row(row)), vectors_->at(slot));
        const EpochGuard guard;
        inserter.insert(slot, scratch);
      }
    });
  }

  void search(std::span<const float> query, std::size_t breadth,
              std::span<std::uint32_t> found) override {
    quantizer_->encode_query(query, query_.data());
    const vector::CodeSpace space(*codes_, quantizer_->query_distance());
    const EpochGuard guard;
    const auto start = vector::descend(links_, space, query_.data(), links_.entry(), 0);
    vector::search_level(links_, space, query_.data(), start, 0, breadth, scratch_);
    rank(query, found.size(), std::max(found.size(), breadth / 2));
    for (std::size_t i = 0; i < found.size(); ++i) {
      found[i] = i < nearest_.size() ? nearest_[i].slot : kNoRow;
    }
  }

  std::size_t memory_bytes() const override {
    return count_ * (codes_->stride() + vectors_->stride() + sizeof(vector::SlotStates::State)) +
           links_.bytes(count_);
  }

 private:
  void set_up(const VectorRows& rows) {
    constexpr std::size_t kSampleRows = 10'000;
    count_ = rows.count();
    const std::size_t sample = std::min(rows.count(), kSampleRows) * rows.dimensions;
    auto quantizer =
        vector::Quantizer::train(quartz::Metric::l2, quartz::Quantization::sq8, rows.dimensions,
                                 std::span(rows.components).first(sample));
    require(quantizer.has_value(), "the vectors cannot be quantized");
    quantizer_ = *quantizer;
    query_.resize(quantizer_->query_bytes());
    codes_.emplace(quantizer_->code_bytes(), 64);
    vectors_.emplace(rows.dimensions * sizeof(float), 64);
    require(codes_->grow(rows.count()) && vectors_->grow(rows.count()) && links_.grow(rows.count()),
            "no memory for the graph");
    for (std::size_t i = 0; i < rows.count(); ++i) {
      const auto slot = states_.take();
      require(slot && *slot, "no memory for the slots");
      states_.show(**slot);
    }
  }

  // The nearest by their vectors, of what the search met. Codes rank well: behind one that is
  // farther than the last of the nearest by more than codes are wrong, nothing nearer comes.
  void rank(std::span<const float> query, std::size_t wanted, std::size_t looked_at_max) {
    constexpr float kCodeError = 0.02F;
    constexpr std::size_t kAhead = 4;
    const vector::CandidatePool& pool = scratch_.pool;
    const std::size_t count = std::min(pool.size(), looked_at_max);
    const auto kernel = vector::distance_kernels().squared_l2_f32;
    const std::byte* const target = std::as_bytes(query).data();
    nearest_.reset(wanted);
    for (std::size_t i = 0; i < std::min(kAhead, count); ++i) prefetch(pool[i].slot);
    for (std::size_t i = 0; i < count; ++i) {
      if (nearest_.full() && pool[i].distance > nearest_.worst() * (1 + kCodeError)) break;
      if (i + kAhead < count) prefetch(pool[i + kAhead].slot);
      const vector::Slot slot = pool[i].slot;
      nearest_.offer(kernel(target, vectors_->at(slot), query.size()), slot);
    }
  }
  // The processor goes on by itself from there.
  void prefetch(vector::Slot slot) const {
    const std::size_t near = std::min<std::size_t>(vectors_->stride(), 512);
    for (std::size_t i = 0; i < near; i += 64) __builtin_prefetch(vectors_->at(slot) + i);
  }

  std::size_t count_ = 0;
  std::optional<vector::Quantizer> quantizer_;
  std::optional<vector::SlotArray> codes_;
  std::optional<vector::SlotArray> vectors_;
  vector::HnswLinks links_{kGraphM};
  vector::SlotStates states_;
  vector::HnswScratch scratch_;
  std::vector<std::byte> query_;
  vector::CandidatePool nearest_;
};

}  // namespace

VectorPeerKind quartz_graph_peer() {
  return {.name = "quartz_graph",
          .version = std::string(version()),
          .remark = "codes of eight bits and the vectors; chooses its instructions as it runs",
          .breadths = graph_breadths(),
          .make = [] { return std::make_unique<QuartzGraphPeer>(); }};
}

}  // namespace quartz::bench
