// Quartz beside plain RocksDB: the same keys, the same promises and about the same memory, in turns
// within one run. Prints nanoseconds per operation (minimum, median, maximum over the repetitions)
// and the ratio of the medians, in which larger is better for Quartz.
//
//   quartz_rocksdb_comparison [keys = 1000000] [repetitions = 5] [directory = .]

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <rocksdb/version.h>

#include "base/random.hpp"
#include "quartz/quartz.hpp"

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kValueBytes = 100;
constexpr std::size_t kCacheBytes = std::size_t{512} << 20;

/// Random keys, and the order in which they are read: another one than that of writing.
struct Workload {
  std::vector<std::string> keys;
  std::vector<std::string> reads;
  std::string value;
};

Workload make_workload(std::size_t count) {
  Workload workload;
  quartz::Random random(20240501);
  for (std::size_t i = 0; i < count; ++i) {
    std::string key(kKeyBytes, '\0');
    for (std::size_t at = 0; at < kKeyBytes; at += 8) {
      const std::uint64_t word = random.next();
      std::memcpy(key.data() + at, &word, 8);
    }
    workload.keys.push_back(std::move(key));
  }
  std::vector<std::string> reads = workload.keys;
  std::shuffle(reads.begin(), reads.end(), random);
  // Copied once more, so that their bytes lie in this order too: a cache miss for each key that is
  // asked for would be counted to the engines.
  workload.reads.reserve(count);
  for (const std::string& key : reads) workload.reads.push_back(key);
  for (std::size_t i = 0; i < kValueBytes; ++i) {
    workload.value.push_back(static_cast<char>(random.below(256)));
  }
  return workload;
}

void require(bool holds, const char* what) {
  if (holds) return;
  fmt::print(stderr, "rocksdb_comparison: {}\n", what);
  std::exit(1);
}

double nanoseconds_each(std::size_t count, const std::function<void()>& work) {
  const auto started = std::chrono::steady_clock::now();
  work();
  const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - started;
  return took.count() / static_cast<double>(count);
}

/// One engine under measurement. Opened on its directory, closed by its destructor.
class Peer {
 public:
  virtual ~Peer() = default;
  virtual void put(const std::string& key, const std::string& value) = 0;
  virtual bool get(const std::string& key, std::string& value) = 0;
  virtual std::size_t scan() = 0;
  virtual void compact() = 0;
};

class QuartzPeer final : public Peer {
 public:
  QuartzPeer(const fs::path& directory, bool keep_in_log)
      : engine_(quartz::StorageEngine::open(directory, config(keep_in_log)).value()) {}

  void put(const std::string& key, const std::string& value) override {
    engine_.put(key, value).value();
  }
  bool get(const std::string& key, std::string& value) override {
    return engine_.get_into(key, value).value();
  }
  std::size_t scan() override {
    std::size_t bytes = 0;
    for (const auto& [key, value] : engine_.scan()) bytes += key.size() + value.size();
    return bytes;
  }
  void compact() override { engine_.compact_range().value(); }

 private:
  static quartz::StorageConfig config(bool keep_in_log) {
    quartz::StorageConfig config;
    config.durability = quartz::Durability::process;
    config.cache_size = 2'000'000;
    config.cache_bytes = kCacheBytes;
    config.block_cache_bytes = kCacheBytes;
    if (keep_in_log) {
      config.segment_bytes = std::size_t{512} << 20;
      config.memtable_bytes = std::size_t{2} << 30;
    }
    return config;
  }

  quartz::StorageEngine engine_;
};

class RocksdbPeer final : public Peer {
 public:
  RocksdbPeer(const fs::path& directory, bool keep_in_log) {
    rocksdb::Options options;
    options.create_if_missing = true;
    options.compression = rocksdb::kNoCompression;
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = rocksdb::NewLRUCache(2 * kCacheBytes);
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    if (keep_in_log) {
      options.write_buffer_size = std::size_t{2} << 30;
      options.avoid_flush_during_recovery = true;
    }
    rocksdb::DB* db = nullptr;
    require(rocksdb::DB::Open(options, directory.string(), &db).ok(), "RocksDB does not open");
    db_.reset(db);
  }

  void put(const std::string& key, const std::string& value) override {
    require(db_->Put({}, key, value).ok(), "RocksDB's Put failed");
  }
  bool get(const std::string& key, std::string& value) override {
    return db_->Get({}, key, &value).ok();
  }
  std::size_t scan() override {
    std::size_t bytes = 0;
    const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator({}));
    for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
      bytes += rows->key().size() + rows->value().size();
    }
    return bytes;
  }
  void compact() override {
    require(db_->CompactRange({}, nullptr, nullptr).ok(), "RocksDB's CompactRange failed");
  }

 private:
  std::unique_ptr<rocksdb::DB> db_;
};

using Open = std::function<std::unique_ptr<Peer>(const fs::path&, bool keep_in_log)>;
using Figures = std::map<std::string, std::vector<double>>;

void put_all(Peer& peer, const Workload& workload) {
  for (const std::string& key : workload.keys) peer.put(key, workload.value);
}

void get_all(Peer& peer, const std::vector<std::string>& keys) {
  std::string value;
  for (const std::string& key : keys) require(peer.get(key, value), "a key is missing");
}

/// Put, read back what was just written, compact, scan, and read what the caches hold.
void measure_use(const Open& open, const Workload& workload, const fs::path& directory,
                 Figures& figures) {
  const std::size_t count = workload.keys.size();
  {
    const auto peer = open(directory, false);
    figures["put"].push_back(nanoseconds_each(count, [&] { put_all(*peer, workload); }));
    get_all(*peer, workload.keys);  // Meanwhile the background work that the puts left ends.
    figures["get, fresh"].push_back(
        nanoseconds_each(count, [&] { get_all(*peer, workload.reads); }));
    peer->compact();
  }
  const auto peer = open(directory, false);
  const std::size_t bytes = count * (kKeyBytes + kValueBytes);
  require(peer->scan() == bytes, "a scan saw something else than was written");
  figures["scan, compacted"].push_back(
      nanoseconds_each(count, [&] { require(peer->scan() == bytes, "a scan missed something"); }));
  // Caches that are filled in another order than the measured one: their memory lies in the former.
  get_all(*peer, workload.keys);
  get_all(*peer, workload.keys);
  figures["get, cached"].push_back(
      nanoseconds_each(count, [&] { get_all(*peer, workload.reads); }));
}

/// Opens what a process left that ended without closing, all of it still in the log.
///
/// The writer is another program run, not a mere fork: RocksDB's threads are one set per process,
/// so a fork of a process that has opened a database has lost them and waits for them for ever.
void measure_recovery(const std::string& name, const Open& open, const Workload& workload,
                      const fs::path& directory, Figures& figures) {
  const pid_t child = fork();
  require(child >= 0, "fork failed");
  if (child == 0) {
    const std::string count = std::to_string(workload.keys.size());
    execl("/proc/self/exe", "quartz_rocksdb_comparison", "write-and-die", name.c_str(),
          count.c_str(), directory.c_str(), nullptr);
    _exit(127);
  }
  int status = 0;
  require(waitpid(child, &status, 0) == child && status == 0, "the writing process failed");
  std::unique_ptr<Peer> peer;
  figures["recovery"].push_back(
      nanoseconds_each(workload.keys.size(), [&] { peer = open(directory, true); }));
  get_all(*peer, workload.reads);
}

struct Summary {
  double least, median, most;
};

Summary summarise(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return {values.front(), values[values.size() / 2], values.back()};
}

void print(const Figures& quartz_figures, const Figures& rocksdb_figures) {
  fmt::print("{:<16} {:>27} {:>27} {:>7}\n", "ns per operation", "Quartz min/median/max",
             "RocksDB min/median/max", "ratio");
  for (const char* name : {"put", "get, fresh", "get, cached", "scan, compacted", "recovery"}) {
    const Summary ours = summarise(quartz_figures.at(name));
    const Summary theirs = summarise(rocksdb_figures.at(name));
    fmt::print("{:<16} {:>8.0f} /{:>8.0f} /{:>7.0f} {:>8.0f} /{:>8.0f} /{:>7.0f} {:>6.1f}x\n", name,
               ours.least, ours.median, ours.most, theirs.least, theirs.median, theirs.most,
               theirs.median / ours.median);
  }
}

const std::map<std::string, Open>& peers() {
  static const std::map<std::string, Open> all = {
      {"quartz", [](const fs::path& d, bool log) { return std::make_unique<QuartzPeer>(d, log); }},
      {"rocksdb",
       [](const fs::path& d, bool log) { return std::make_unique<RocksdbPeer>(d, log); }}};
  return all;
}

/// What a crashed process leaves: everything written, nothing closed.
[[noreturn]] void write_and_die(const std::string& name, std::size_t count,
                                const fs::path& directory) {
  const auto peer = peers().at(name)(directory, true);
  put_all(*peer, make_workload(count));
  _exit(0);
}

void compare(std::size_t count, int repetitions, const fs::path& directory) {
  const Workload workload = make_workload(count);
  std::map<std::string, Figures> figures;
  std::vector<std::string> order = {"quartz", "rocksdb"};
  for (int repetition = 0; repetition < repetitions; ++repetition) {
    for (const std::string& name : order) {
      fs::remove_all(directory);
      fs::create_directories(directory);
      const Open& open = peers().at(name);
      measure_use(open, workload, directory / "use", figures[name]);
      measure_recovery(name, open, workload, directory / "recovery", figures[name]);
    }
    std::reverse(order.begin(), order.end());
    fmt::print(stderr, "repetition {} of {} done\n", repetition + 1, repetitions);
  }
  fs::remove_all(directory);
  fmt::print(
      "{} keys of {} bytes, values of {} bytes, {} repetitions; Quartz {} beside RocksDB {}\n",
      count, kKeyBytes, kValueBytes, repetitions, quartz::version(),
      rocksdb::GetRocksVersionAsString());
  print(figures["quartz"], figures["rocksdb"]);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 5 && std::string_view(argv[1]) == "write-and-die") {
    write_and_die(argv[2], std::stoul(argv[3]), argv[4]);
  }
  const std::size_t count = argc > 1 ? std::stoul(argv[1]) : 1'000'000;
  const int repetitions = argc > 2 ? std::stoi(argv[2]) : 5;
  compare(count, repetitions, fs::path(argc > 3 ? argv[3] : ".") / "rocksdb_comparison.tmp");
}
