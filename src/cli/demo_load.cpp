#include <cstddef>
#include <string>

#include "base/clock.hpp"
#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/demo.hpp"
#include "cli/signals.hpp"
#include "quartz/storage/write_batch.hpp"

namespace quartz::cli {
namespace {

// Large enough to spread the cost of a record of the log, small enough for the bar to move.
constexpr std::size_t kEntriesPerBatch = 256;

}  // namespace

Result<void> Demo::open() {
  QUARTZ_ASSIGN(engine_,
                open_database(console_, (work_directory_ / "unicode").string(), OpenMode::create));
  QUARTZ_ASSIGN(characters_, find_keyspace(*engine_, "characters", OpenMode::create));
  QUARTZ_ASSIGN(names_, find_keyspace(*engine_, "names", OpenMode::create));
  return {};
}

Result<void> Demo::close() {
  const Result<void> closed = engine_->close();
  characters_.reset();
  names_.reset();
  engine_.reset();
  return closed;
}

// Counted by a scan, not remembered: the demonstration shows what is there.
Result<std::size_t> Demo::row_count_of(const Keyspace& keyspace) const {
  std::size_t rows = 0;
  Cursor cursor = engine_->cursor({.keyspace = &keyspace});
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) ++rows;
  if (cursor.error()) return *cursor.error();
  return rows;
}

// A character and all of its names are in one batch: no reader and no crash can part them.
Result<void> Demo::write_all() {
  Progress progress(console_.progress_mode(), "loading", unicode_.entries.size());
  WriteBatch batch;
  std::size_t entries = 0;
  std::size_t batches = 0;
  std::size_t rows = 0;
  const Stopwatch stopwatch;
  for (const auto& [code_point, entry] : unicode_.entries) {
    if (!entry.record.empty()) batch.put(*characters_, character_key(code_point), entry.record);
    for (const UnicodeName& name : entry.names) batch.put(*names_, name.name, name.code_points);
    ++entries;
    if (entries % kEntriesPerBatch != 0 && entries != unicode_.entries.size()) continue;
    QUARTZ_TRY(engine_->write(batch));
    rows += batch.operation_count();
    ++batches;
    batch.clear();
    progress.update(entries, fmt::format("{} rows", grouped(rows)));
    if (interruption()) return Error{Errc::cancelled, "interrupted"};
  }
  // One nanosecond more than measured, so that the rate below never divides by zero.
  const double seconds = static_cast<double>(stopwatch.elapsed_ns() + 1) / 1e9;
  progress.wipe();
  line("{} rows in {} batches, atomic across both keyspaces, in {:.3f} s ({} rows/s)",
       grouped(rows), grouped(batches), seconds,
       grouped(static_cast<std::uint64_t>(static_cast<double>(rows) / seconds)));
  return {};
}

Result<void> Demo::load() {
  heading("Load the Unicode Character Database");
  line("{} records of UnicodeData.txt and NamesList.txt", grouped(unicode_.record_count));
  QUARTZ_TRY(open());
  QUARTZ_TRY(write_all());
  QUARTZ_ASSIGN(const std::size_t characters, row_count_of(*characters_));
  QUARTZ_ASSIGN(const std::size_t names, row_count_of(*names_));
  line("{:<12} {:>7} rows   code point -> record", characters_->name(), grouped(characters));
  line("{:<12} {:>7} rows   name, alias, cross reference, block -> code points", names_->name(),
       grouped(names));
  return {};
}

}  // namespace quartz::cli
