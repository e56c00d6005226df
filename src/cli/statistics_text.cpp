#include "cli/statistics_text.hpp"

#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "cli/progress.hpp"

namespace quartz::cli {
namespace {

// A section is a heading and lines; without lines there is no heading either.
class Section {
 public:
  explicit Section(std::string_view heading) : heading_(heading) {}

  void line(std::string_view name, std::string_view text) {
    lines_ += fmt::format("  {:<22}  {}\n", name, text);
  }
  void raw(std::string_view line) { lines_ += fmt::format("  {}\n", line); }

  void append_to(std::string& text, const Style& style) const {
    if (lines_.empty()) return;
    text += style.heading(heading_) + "\n" + lines_ + "\n";
  }

 private:
  std::string_view heading_;
  std::string lines_;
};

// One unit for the whole table, so that its columns can be compared at a glance.
std::string microseconds(std::uint64_t nanoseconds) {
  return fmt::format("{:.1f}", static_cast<double>(nanoseconds) / 1000);
}

Section state_of(const Statistics& s) {
  Section section("State");
  section.line("newest write", fmt::format("sequence {}", grouped(s.visible_sequence)));
  section.line("newest in the levels", fmt::format("sequence {}", grouped(s.applied_sequence)));
  if (s.writes_stopped) section.line("writing is stopped", s.background_error);
  if (s.low_space) section.line("low space", "puts are refused until space is freed");
  if (s.recovery.record_count != 0) {
    section.line(
        "recovered on opening",
        fmt::format("{} writes of {} records, {}, in {}", grouped(s.recovery.operation_count),
                    grouped(s.recovery.record_count), readable_bytes(s.recovery.bytes),
                    readable_nanoseconds(static_cast<double>(s.recovery.duration_ns))));
  }
  if (s.recovery.dropped_bytes != 0) {
    section.line(
        "dropped on opening",
        fmt::format("{}: {}", readable_bytes(s.recovery.dropped_bytes), s.recovery.dropped_reason));
  }
  return section;
}

Section keyspaces_of(const Statistics& s) {
  Section section("Keyspaces in the levels");
  section.raw(fmt::format("{:<22}  {:>12}  {:>5}  {:>7}  {:>12}", "keyspace", "rows (about)",
                          "level", "files", "size"));
  for (const KeyspaceStatistics& keyspace : s.keyspaces) {
    std::string name = keyspace.name;
    std::string rows = grouped(keyspace.estimated_keys);
    bool any = false;
    for (const LevelStatistics& level : keyspace.levels) {
      if (level.file_count == 0) continue;
      section.raw(fmt::format("{:<22}  {:>12}  {:>5}  {:>7}  {:>12}", name, rows, level.level,
                              grouped(level.file_count), readable_bytes(level.bytes)));
      name.clear();  // Once for each keyspace reads better than on each of its levels.
      rows.clear();
      any = true;
    }
    if (!any)
      section.raw(fmt::format("{:<22}  {:>12}  {:>5}  {:>7}  {:>12}", name, rows, "-", 0, "-"));
  }
  return section;
}

Section memory_of(const Statistics& s) {
  Section section("Log, memtables and caches");
  section.line("log", fmt::format("{} segments, {} written since opening", s.log_segments,
                                  readable_bytes(s.log_bytes_written)));
  section.line("memtables",
               fmt::format("{} with {} entries, {} ({} waiting, {} warm)", s.memtables,
                           grouped(s.memtable_entries), readable_bytes(s.memtable_bytes),
                           s.memtables_waiting, s.memtables_warm));
  section.line("row cache", fmt::format("{} rows, {}, {} evicted", grouped(s.cache_rows),
                                        readable_bytes(s.cache_bytes), grouped(s.cache_evictions)));
  section.line("block cache", readable_bytes(s.block_cache_bytes));
  return section;
}

Section work_of(const Statistics& s) {
  Section section("Work since opening");
  const auto counted = [&](std::string_view name, std::uint64_t count) {
    if (count != 0) section.line(name, grouped(count));
  };
  counted("puts", s.puts);
  counted("removes", s.removes);
  counted("range removes", s.range_removes);
  counted("batches", s.batches);
  if (s.gets != 0) {
    section.line("gets",
                 fmt::format("{} (cache {}, memtables {}, levels {}, absent {})", grouped(s.gets),
                             grouped(s.gets_from_cache), grouped(s.gets_from_memtable),
                             grouped(s.gets_from_levels), grouped(s.gets_absent)));
  }
  counted("scans", s.scans);
  counted("read errors", s.read_errors);
  counted("log syncs", s.log_syncs);
  if (s.flushes != 0) {
    section.line("flushes", fmt::format("{}, {}", s.flushes, readable_bytes(s.flush_bytes)));
  }
  counted("failed flushes", s.flush_failures);
  if (s.compactions != 0) {
    section.line("compactions", fmt::format("{}, {} read, {} written", s.compactions,
                                            readable_bytes(s.compaction_bytes_read),
                                            readable_bytes(s.compaction_bytes_written)));
  }
  section.line("compaction debt", fmt::format("{:.2f} (writers slow down towards 1), {} pending",
                                              s.debt, readable_bytes(s.pending_compaction_bytes)));
  if (s.writes_delayed != 0) {
    section.line("delayed writes",
                 fmt::format("{}, {} in all", grouped(s.writes_delayed),
                             readable_nanoseconds(static_cast<double>(s.write_delay_ns))));
  }
  return section;
}

Section latencies_of(const Statistics& s) {
  Section section("Latencies in µs since opening");
  const struct {
    std::string_view name;
    const LatencySummary& latency;
  } rows[] = {{"write", s.write_latency},
              {"get", s.get_latency},
              {"get from the levels", s.level_get_latency},
              {"log sync", s.sync_latency},
              {"flush", s.flush_latency},
              {"compaction", s.compaction_latency},
              {"write delay", s.write_delay_latency}};
  // The heading of the columns comes with the first line, so that an idle engine shows no table.
  bool any = false;
  for (const auto& [name, latency] : rows) {
    if (latency.count == 0) continue;
    if (!any) {
      section.raw(fmt::format("{:<22}  {:>10}  {:>9}  {:>9}  {:>9}  {:>9}", "", "measured",
                              "median", "99 %", "99.9 %", "largest"));
    }
    any = true;
    section.raw(fmt::format("{:<22}  {:>10}  {:>9}  {:>9}  {:>9}  {:>9}", name,
                            grouped(latency.count), microseconds(latency.p50_ns),
                            microseconds(latency.p99_ns), microseconds(latency.p999_ns),
                            microseconds(latency.max_ns)));
  }
  return section;
}

}  // namespace

std::string to_text(const Statistics& statistics, const Style& style) {
  std::string text;
  for (const Section& section :
       {state_of(statistics), keyspaces_of(statistics), memory_of(statistics), work_of(statistics),
        latencies_of(statistics)}) {
    section.append_to(text, style);
  }
  text.pop_back();  // The blank line behind the last section.
  return text;
}

}  // namespace quartz::cli
