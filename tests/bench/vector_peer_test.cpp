// What every index that is measured has to keep to, or its figures mean nothing.
#include "bench/vector/vector_peer.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/small_data_set.hpp"
#include "bench/vector/data_set.hpp"

namespace quartz::bench {

// Found by GoogleTest, to print what a test ran with.
static void PrintTo(const VectorPeerKind& kind, std::ostream* out) { *out << kind.name; }

namespace {

class VectorPeers : public testing::TestWithParam<VectorPeerKind> {
 protected:
  static double recall(VectorPeer& peer, const DataSet& set, std::size_t breadth) {
    double sum = 0;
    std::vector<std::uint32_t> found(10);
    for (std::size_t i = 0; i < set.queries.count(); ++i) {
      peer.search(set.queries.row(i), breadth, found);
      sum += recall_of(set, i, found);
    }
    return sum / static_cast<double>(set.queries.count());
  }
};
INSTANTIATE_TEST_SUITE_P(Each, VectorPeers, testing::ValuesIn(vector_peer_kinds()),
                         [](const auto& peer) { return peer.param.name; });

TEST_P(VectorPeers, find_the_nearest_whatever_built_them) {
  const DataSet set = small_data_set(1000, 24);
  for (const unsigned threads : {1u, 2u}) {
    const auto peer = GetParam().make();
    peer->build(set.base, threads);
    EXPECT_GE(recall(*peer, set, GetParam().breadths.back()), 0.97) << threads << " threads";
  }
}

TEST_P(VectorPeers, wider_searches_find_no_less) {
  const DataSet set = small_data_set(1000, 24);
  const auto peer = GetParam().make();
  peer->build(set.base, 1);
  EXPECT_GE(recall(*peer, set, GetParam().breadths.back()),
            recall(*peer, set, GetParam().breadths.front()));
}

TEST_P(VectorPeers, give_the_nearest_first_and_each_once) {
  const DataSet set = small_data_set(1000, 24);
  const auto peer = GetParam().make();
  peer->build(set.base, 1);
  std::vector<std::uint32_t> found(10);
  peer->search(set.base.row(77), GetParam().breadths.back(), found);
  EXPECT_EQ(found.front(), 77u);
  EXPECT_EQ(std::set<std::uint32_t>(found.begin(), found.end()).size(), 10u);
}

TEST_P(VectorPeers, say_where_they_found_fewer) {
  const DataSet set = small_data_set(6, 24);
  const auto peer = GetParam().make();
  peer->build(set.base, 1);
  std::vector<std::uint32_t> found(10);
  peer->search(set.queries.row(0), GetParam().breadths.back(), found);
  EXPECT_EQ(std::ranges::count(found, VectorPeer::kNoRow), 4);
  EXPECT_TRUE(std::ranges::is_partitioned(
      found, [](std::uint32_t row) { return row != VectorPeer::kNoRow; }));
}

TEST_P(VectorPeers, take_at_least_a_byte_for_each_component) {
  const DataSet set = small_data_set(1000, 24);
  const auto peer = GetParam().make();
  peer->build(set.base, 1);
  EXPECT_GE(peer->memory_bytes(), 1000u * 24);
}

TEST(VectorPeerKinds, have_names_of_their_own_and_growing_breadths) {
  std::set<std::string> names;
  for (const VectorPeerKind& kind : vector_peer_kinds()) {
    EXPECT_TRUE(names.insert(kind.name).second) << kind.name;
    EXPECT_TRUE(std::ranges::is_sorted(kind.breadths)) << kind.name;
    EXPECT_FALSE(kind.breadths.empty()) << kind.name;
  }
  EXPECT_EQ(vector_peer_kinds().front().name, "quartz");
}

}  // namespace
}  // namespace quartz::bench
