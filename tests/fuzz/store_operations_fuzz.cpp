// A database on a simulated disk, beside a model. The first byte says how it is opened, and what
// reaches the disk unasked; each three bytes behind it are an operation, a key and a number. Power
// is cut in between, and at the end: what is found must be what a prefix of the writes has led to,
// with all that had to survive.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/check.hpp"
#include "crash/power_run.hpp"
#include "storage/engine.hpp"
#include "support/rocksdb_files.hpp"
#include "support/simulated_disk.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

constexpr const char* kDatabase = "/db";
constexpr std::size_t kScriptMax = 60;
constexpr std::size_t kCutsMax = 3;

std::string key_of(std::uint8_t code) { return std::string(1, static_cast<char>('a' + code % 16)); }

// A value that tells one write from all others; some are so long that few fill a segment.
std::string value_of(std::size_t number, std::uint8_t code) {
  std::string value = std::to_string(number) + ":";
  value.resize(value.size() + (code < 200 ? code : (code - 199U) * 400), 'v');
  return value;
}

class StoreRun {
 public:
  explicit StoreRun(std::uint8_t start)
      : disk_(start), env_(rocksdb_env_over(disk_)), config_(small_config()) {
    config_.log_medium = start % 2 == 0 ? LogMedium::mapped : LogMedium::file;
    config_.memtable_bytes = 3 * config_.segment_bytes;
    config_.compaction_threshold = 2;
    config_.level0_files_max = 6;
    open();
  }

  void operate(std::uint8_t operation, std::uint8_t key, std::uint8_t number) {
    const Result<void> done = run(operation, key, number);
    if (!disk_.has_power()) return recover(number);
    QUARTZ_CHECK(done.has_value());
  }
  // Cuts the power if there is any, and looks at what is left.
  void recover(std::uint8_t seed) {
    disk_.cut_power(io::PowerCut::random(seed));
    engine_.reset();
    disk_.restore_power();
    open();
    WriterRows found = rows();
    QUARTZ_CHECK(history_.prefix_of(found).has_value());
    history_.restart(std::move(found));
    ++cuts_;
  }
  bool goes_on() const { return cuts_ < kCutsMax; }

 private:
  void open() {
    engine_.emplace(
        storage::Engine::open(kDatabase, config_, disk_, storage::TimeSource::system(), env_.get())
            .value());
    config_.create_if_missing = false;  // From now on.
  }

  WriterRows rows() const {
    WriterRows all;
    for (auto& [key, value] : rows_of(*engine_)) {
      // A get finds what a scan does.
      QUARTZ_CHECK(read(*engine_, key) == value);
      all[{"default", key}] = std::move(value);
    }
    return all;
  }

  Result<void> run(std::uint8_t operation, std::uint8_t key, std::uint8_t number) {
    switch (operation % 16) {
      case 8:
        return settled(engine_->sync());
      case 9:
        return settled(engine_->flush());
      case 10:
        return engine_->compact_range({}, {});
      case 11:
        disk_.cut_power_at(1U + number * std::size_t{key}, io::PowerCut::random(key));
        return {};
      case 12:
        disk_.cut_power(io::PowerCut::random(key));
        return {};
      case 13:
        return restart();
      case 14:
        compare();
        return {};
      default:
        return write(operation, key, number);
    }
  }

  Result<void> write(std::uint8_t operation, std::uint8_t key, std::uint8_t number) {
    WriteBatch batch;
    PowerHistory::Write change;
    const std::string name = key_of(key);
    switch (operation % 4) {
      case 0:
        remove(batch, change, name);
        break;
      case 1:
        remove_range(batch, change, name, key_of(number));
        break;
      case 2:
        put(batch, change, name, number);
        break;
      default:
        put(batch, change, name, number);
        remove(batch, change, key_of(number));
        put(batch, change, key_of(key / 16), number);
    }
    if (batch.empty()) return {};
    const auto durability = operation >= 128 ? Durability::disk : Durability::process;
    history_.add(std::move(change));
    auto written = engine_->write(batch, {.durability = durability});
    return durability == Durability::disk ? settled(std::move(written)) : written;
  }

  void put(WriteBatch& batch, PowerHistory::Write& change, const std::string& key,
           std::uint8_t number) {
    const std::string value = value_of(++values_, number);
    batch.put(key, value);
    change[{"default", key}] = value;
  }
  static void remove(WriteBatch& batch, PowerHistory::Write& change, const std::string& key) {
    batch.remove(key);
    change[{"default", key}] = std::nullopt;
  }
  static void remove_range(WriteBatch& batch, PowerHistory::Write& change, const std::string& first,
                           const std::string& last) {
    batch.remove_range(first, last);
    for (std::uint8_t code = 0; code < 16; ++code) {
      const std::string key = key_of(code);
      if (key >= first && key < last) change[{"default", key}] = std::nullopt;
    }
  }

  Result<void> settled(Result<void> done) {
    // Who was told so while the power was cut was told before.
    if (done) history_.settle();
    return done;
  }
  Result<void> restart() {
    const Result<void> closed = settled(engine_->close());
    if (!disk_.has_power()) return closed;
    engine_.reset();
    auto opened =
        storage::Engine::open(kDatabase, config_, disk_, storage::TimeSource::system(), env_.get());
    if (!opened) {
      QUARTZ_CHECK(!disk_.has_power());
      return opened.error();
    }
    engine_.emplace(*std::move(opened));
    compare();
    return closed;
  }
  void compare() const {
    const WriterRows found = rows();
    if (disk_.has_power()) QUARTZ_CHECK(found == history_.rows_after(history_.writes()));
  }

  io::SimulatedDisk disk_;
  std::unique_ptr<rocksdb::Env> env_;
  StorageConfig config_;
  PowerHistory history_;
  std::optional<StorageEngine> engine_;
  std::size_t values_ = 0;
  std::size_t cuts_ = 0;
};

}  // namespace
}  // namespace quartz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::span<const std::uint8_t> script(data + 1, size - 1);
  script = script.first(std::min(script.size(), 3 * quartz::kScriptMax));
  quartz::StoreRun run(data[0]);
  for (; script.size() >= 3 && run.goes_on(); script = script.subspan(3)) {
    run.operate(script[0], script[1], script[2]);
  }
  run.recover(data[0]);
  return 0;
}
