#include "bench/vector/vector_measurement.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/clock.hpp"
#include "bench/measure/process_usage.hpp"

namespace quartz::bench {
namespace {

class SetMeasurement {
 public:
  SetMeasurement(const DataSet& set, const VectorPlan& plan)
      : set_(set), plan_(plan), peers_(plan.peers.size()) {
    found_.resize(set.queries.count() * plan.neighbours);
    result_ = {.name = set.name,
               .vectors = set.base.count(),
               .dimensions = set.base.dimensions,
               .queries = set.queries.count(),
               .peers = {}};
    for (const VectorPeerKind& kind : plan.peers) {
      result_.peers.push_back(
          {.peer = kind.name, .bytes_per_vector = 0, .builds = {}, .points = {}});
      for (const unsigned threads : plan.build_threads) {
        result_.peers.back().builds.push_back({.threads = threads, .seconds = {}});
      }
    }
  }

  VectorSetResult all() {
    for (unsigned repetition = 0; repetition < plan_.build_repetitions; ++repetition) {
      for (std::size_t i = 0; i < plan_.build_threads.size(); ++i) {
        in_turns(repetition, [&](std::size_t which) { build(which, i); });
      }
    }
    // What was touched last, by a build or by other peers, is not to be paid for by the first turn.
    in_turns(0, [&](std::size_t which) { warm_up(which); });
    for (std::size_t place = 0; place < places(); ++place) {
      for (unsigned repetition = 0; repetition < plan_.repetitions; ++repetition) {
        in_turns(repetition, [&](std::size_t which) { search_all(which, place); });
      }
    }
    return std::move(result_);
  }

 private:
  template <class Measure>
  void in_turns(unsigned repetition, const Measure& measure) {
    for (std::size_t turn = 0; turn < peers_.size(); ++turn) {
      measure((turn + repetition) % peers_.size());
    }
  }

  std::size_t places() const {
    std::size_t most = 0;
    for (const VectorPeerKind& kind : plan_.peers) most = std::max(most, kind.breadths.size());
    return most;
  }

  void build(std::size_t which, std::size_t threads_index) {
    const VectorPeerKind& kind = plan_.peers[which];
    const unsigned threads = plan_.build_threads[threads_index];
    plan_.progress(fmt::format("{}: {} builds with {} thread{}", set_.name, kind.name, threads,
                               threads == 1 ? "" : "s"));
    peers_[which].reset();
    peers_[which] = kind.make();
    const Stopwatch watch;
    peers_[which]->build(set_.base, threads);
    const auto seconds = static_cast<double>(watch.elapsed_ns()) / 1e9;
    VectorPeerResult& peer = result_.peers[which];
    peer.builds[threads_index].seconds.push_back(seconds);
    peer.bytes_per_vector =
        static_cast<double>(peers_[which]->memory_bytes()) / static_cast<double>(set_.base.count());
  }

  void warm_up(std::size_t which) {
    const std::vector<std::size_t>& breadths = plan_.peers[which].breadths;
    for (std::size_t i = 0; i < set_.queries.count(); ++i) {
      peers_[which]->search(set_.queries.row(i), breadths.front(), found_of(i));
    }
  }

  void search_all(std::size_t which, std::size_t place) {
    const VectorPeerKind& kind = plan_.peers[which];
    if (place >= kind.breadths.size()) return;
    const std::size_t breadth = kind.breadths[place];
    plan_.progress(fmt::format("{}: {} searches, breadth {}", set_.name, kind.name, breadth));
    const std::size_t count = set_.queries.count();
    // Searches wait for nothing, so that alone on a machine this is the time that they take; beside
    // others it leaves out what those take.
    const std::uint64_t begin = thread_cpu_ns();
    for (std::size_t i = 0; i < count; ++i) {
      peers_[which]->search(set_.queries.row(i), breadth, found_of(i));
    }
    const auto ns = static_cast<double>(thread_cpu_ns() - begin);
    std::vector<CurvePoint>& points = result_.peers[which].points;
    if (points.size() == place) {
      points.push_back({.breadth = breadth, .recall = mean_recall(), .queries_per_second = {}});
    }
    points[place].queries_per_second.push_back(static_cast<double>(count) * 1e9 / ns);
  }

  std::span<std::uint32_t> found_of(std::size_t query) {
    return std::span(found_).subspan(query * plan_.neighbours, plan_.neighbours);
  }

  double mean_recall() {
    double sum = 0;
    for (std::size_t i = 0; i < set_.queries.count(); ++i) sum += recall_of(set_, i, found_of(i));
    return sum / static_cast<double>(set_.queries.count());
  }

  const DataSet& set_;
  const VectorPlan& plan_;
  std::vector<std::unique_ptr<VectorPeer>> peers_;
  std::vector<std::uint32_t> found_;
  VectorSetResult result_;
};

}  // namespace

VectorSetResult measure(const DataSet& set, const VectorPlan& plan) {
  return SetMeasurement(set, plan).all();
}

}  // namespace quartz::bench
