#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/coding.hpp"
#include "base/try.hpp"
#include "io/file_system.hpp"
#include "vector/hnsw_test_graph.hpp"
#include "vector/index_file_reader.hpp"
#include "vector/index_file_writer.hpp"

namespace quartz::vector {

/// A point that owns its parts.
struct OwnedPoint {
  std::string id;
  std::uint64_t version = 0;
  std::vector<Slot> slots;
  std::string payload = {};

  bool operator==(const OwnedPoint&) const = default;
};

inline IndexIdentity some_identity() {
  IndexIdentity identity;
  for (std::size_t i = 0; i < identity.size(); ++i) identity[i] = static_cast<std::byte>(i + 1);
  return identity;
}

/// A graph of plain floats with all that is stored beside it.
class IndexFileSample {
 public:
  explicit IndexFileSample(std::size_t dimensions, std::uint32_t m = 8)
      : graph(dimensions, m),
        quantizer(Quantizer::train(Metric::l2, Quantization::none, dimensions, {}).value()),
        vectors(dimensions * sizeof(float), alignof(float)) {}

  /// Adds random vectors, each of a point of its own.
  void add(std::size_t count, std::uint64_t seed) {
    Random random(seed);
    for (std::size_t i = 0; i < count; ++i) {
      const Slot slot = graph.add(random_point(random, graph.space.dimensions));
      states.resize(graph.states.end());
      states[slot] = SlotStates::State::linked;
      points.push_back({"point " + std::to_string(slot), 1000 + std::uint64_t{slot}, {slot}});
      vectors.grow(slot + 1).value();
      std::memset(vectors.at(slot), static_cast<int>(slot % 64), vectors.stride());
    }
  }
  /// The slot's point is removed; it has no other slot.
  void remove(Slot slot) {
    graph.remove(slot);
    states[slot] = SlotStates::State::removed;
    std::erase_if(points, [&](const OwnedPoint& point) { return point.slots[0] == slot; });
  }
  void repair() {
    graph.repair();
    for (SlotStates::State& state : states) {
      if (state == SlotStates::State::removed) state = SlotStates::State::free;
    }
  }

  Result<void> write(io::FileSystem& files, const io::Path& path) const {
    std::vector<IndexFilePoint> views;
    for (const OwnedPoint& point : points) {
      views.push_back({.id = point.id,
                       .version = point.version,
                       .slots = point.slots,
                       .payload = point.payload});
    }
    return write_index_file(files, path,
                            {.identity = some_identity(),
                             .parameters = as_bytes(parameters),
                             .quantizer = quantizer,
                             .codes = graph.space.codes,
                             .vectors = with_vectors ? &vectors : nullptr,
                             .links = graph.links,
                             .states = states,
                             .points = views});
  }

  HnswTestGraph graph;
  Quantizer quantizer;
  SlotArray vectors;
  bool with_vectors = false;
  std::string parameters = "parameters of a collection";
  std::vector<SlotStates::State> states;  // The snapshot.
  std::vector<OwnedPoint> points;
};

/// What a file of a sample was loaded into.
struct LoadedIndex {
  explicit LoadedIndex(std::size_t dimensions, std::uint32_t m = 8)
      : graph(dimensions, m), vectors(dimensions * sizeof(float), alignof(float)) {}

  Result<void> load(const IndexFileReader& reader, bool with_vectors) {
    return reader.load({.codes = graph.space.codes,
                        .vectors = with_vectors ? &vectors : nullptr,
                        .links = graph.links,
                        .states = graph.states},
                       [&](const IndexFilePoint& point) {
                         points.push_back({std::string(point.id),
                                           point.version,
                                           {point.slots.begin(), point.slots.end()},
                                           std::string(point.payload)});
                         return Result<void>();
                       });
  }
  /// With vectors if the file has them.
  Result<void> load(io::FileSystem& files, const io::Path& path) {
    QUARTZ_ASSIGN(const IndexFileReader reader, IndexFileReader::open(files, path));
    return load(reader, reader.has_vectors());
  }

  HnswTestGraph graph;
  SlotArray vectors;
  std::vector<OwnedPoint> points;
};

inline std::vector<Slot> neighbours_of(const HnswLinks& links, Slot slot, unsigned level) {
  std::vector<Slot> neighbours;
  links.for_each(slot, level, [&](Slot other) { neighbours.push_back(other); });
  return neighbours;
}

}  // namespace quartz::vector
