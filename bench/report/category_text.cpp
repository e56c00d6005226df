#include "bench/report/category_text.hpp"

#include <algorithm>
#include <array>

namespace quartz::bench {
namespace {

constexpr auto kTexts = std::to_array<CategoryText>({
    {"put_process", "Put, process durability",
     "Random keys, each put once into an empty database; what was put survives a killed "
     "process."},
    {"put_wal_off", "Put, log off",
     "The same with the write-ahead log off, where the engine has one; a killed process loses "
     "what was not flushed."},
    {"put_disk", "Put, disk durability",
     "Random keys, each put once into an empty database and synced before the put returns; threads "
     "may share a sync, where the engine lets them."},
    {"batch_10", "Batch of 10",
     "Random keys put into an empty database, ten in one atomic write; time is per key, "
     "percentiles are of whole batches."},
    {"batch_100", "Batch of 100", "The same with a hundred keys in one write."},
    {"batch_1000", "Batch of 1000", "The same with a thousand keys in one write."},
    {"8_writers", "8 writers",
     "Eight threads put random keys, each its own, into an empty database; time is wall time "
     "divided by the puts of all."},
    {"delete", "Delete", "The keys of a loaded database removed one by one, in random order."},
    {"cache_hit_get", "Get, few keys", "Gets of the same 10,000 keys again and again."},
    {"cached_get", "Get, many keys, cached",
     "Gets of half of the keys, in random order, after all of these have been read twice."},
    {"fresh_get", "Get, just written",
     "Gets of half of the keys, in random order, right after they were put."},
    {"cache_miss_get", "Get, not cached",
     "Gets of every key, in random order, with 8 MiB for the engine's caches; the system's cache "
     "holds the files."},
    {"absent_get", "Get, absent key", "Gets of keys that were never written."},
    {"multi_get_100", "Multi-get of 100",
     "A hundred existing keys in one call, where the engine has one; time is per key, "
     "percentiles are of whole calls."},
    {"70_30_mixed", "Gets and puts, 70 to 30",
     "Seven of ten operations get, three overwrite; existing keys in random order, on one "
     "thread."},
    {"readers_beside_writer", "Gets beside a writer",
     "Gets of existing keys while one more thread overwrites 50,000 a second; times are of the "
     "gets, CPU is of all threads."},
    {"full_scan_levels", "Full scan, compacted",
     "A cursor over all rows of a compacted database; figures are per row."},
    {"full_scan_backward", "Full scan, backwards",
     "A cursor over the same rows in descending order; figures are per row."},
    {"full_scan_memtable", "Full scan, just written",
     "A cursor over rows that were just put and not flushed, where the engine makes that "
     "difference; figures are per row."},
    {"seek_10", "Seek and read 10",
     "A seek to a random key and ten rows from there; figures are per seek."},
    {"seek_10_during_load", "Seek and read 10, during a load",
     "The same with a new cursor each time, while another thread puts new keys at a steady "
     "rate."},
    {"prefix_scan", "Prefix scan",
     "All rows whose keys begin with two given bytes; figures are per scan."},
    {"ycsb_a", "YCSB A", "Half reads, half updates; rows of 1,000 bytes, keys by Zipf's law."},
    {"ycsb_b", "YCSB B", "95 % reads, 5 % updates; rows of 1,000 bytes, keys by Zipf's law."},
    {"ycsb_c", "YCSB C", "Reads only; rows of 1,000 bytes, keys by Zipf's law."},
    {"ycsb_d", "YCSB D",
     "95 % reads, 5 % inserts; rows of 1,000 bytes, mostly the newest are read."},
    {"ycsb_e", "YCSB E",
     "95 % scans of up to a hundred rows, 5 % inserts; rows of 1,000 bytes, keys by Zipf's law."},
    {"ycsb_f", "YCSB F",
     "Half reads, half reads that write the row back; rows of 1,000 bytes, keys by Zipf's law."},
    {"large_values_4k", "Values of 4 KiB",
     "Values of 4 KiB put one by one, then read back in another order; figures are of puts and "
     "gets together."},
    {"large_values_64k", "Values of 64 KiB", "The same with values of 64 KiB."},
    {"large_values_1m", "Values of 1 MiB", "The same with values of 1 MiB."},
    {"sequential_load", "Load in key order",
     "Keys put in ascending order into an empty database; the time ends when all flushes and "
     "compactions have."},
    {"sustained_random_load", "Load in random order",
     "Keys put in random order, twelve times what the write buffers hold; the time ends when all "
     "flushes and compactions have."},
    {"space_and_write_amplification", "Load with overwrites, compacted",
     "Keys put once and half of them again, then compacted: bytes handed to the disk, and kept "
     "on it, for each byte of keys and values that was put."},
    {"cold_open", "Open, after a clean close",
     "A new process opens a database that was closed cleanly and gets one key."},
    {"recovery_full_log", "Open, after a kill",
     "A new process opens what a killed one left, all of it in the log, and gets one key; time "
     "is per key that had been put."},
});

const CategoryText* find_text(std::string_view category) {
  const auto* found = std::ranges::find(kTexts, category, &CategoryText::name);
  return found == kTexts.end() ? nullptr : found;
}

}  // namespace

std::span<const CategoryText> category_texts() { return kTexts; }

std::string category_title(std::string_view category) {
  const CategoryText* text = find_text(category);
  return std::string(text == nullptr ? category : text->title);
}

std::string_view category_description(std::string_view category) {
  const CategoryText* text = find_text(category);
  return text == nullptr ? std::string_view{} : text->description;
}

const std::vector<CategoryGroup>& category_groups() {
  static const std::vector<CategoryGroup> groups = {
      {"Single writes", "writes.svg", {"put_process", "put_wal_off", "delete", "8_writers"}},
      {"Synced writes", "synced_writes.svg", {"put_disk"}},
      {"Batches", "batches.svg", {"batch_10", "batch_100", "batch_1000"}},
      {"Reads",
       "reads.svg",
       {"cache_hit_get", "cached_get", "fresh_get", "cache_miss_get", "absent_get",
        "multi_get_100"}},
      {"Reads and writes together", "mixed.svg", {"70_30_mixed", "readers_beside_writer"}},
      {"Scans",
       "scans.svg",
       {"full_scan_levels", "full_scan_backward", "full_scan_memtable", "seek_10",
        "seek_10_during_load", "prefix_scan"}},
      {"YCSB", "ycsb.svg", {"ycsb_a", "ycsb_b", "ycsb_c", "ycsb_d", "ycsb_e", "ycsb_f"}},
      {"Large values",
       "large_values.svg",
       {"large_values_4k", "large_values_64k", "large_values_1m"}},
      {"Loads", "loads.svg", {"sequential_load", "sustained_random_load"}},
      {"Opening", "opening.svg", {"cold_open"}},
      {"Recovery", "recovery.svg", {"recovery_full_log"}},
      {"Space and write amplification", "", {"space_and_write_amplification"}},
  };
  return groups;
}

}  // namespace quartz::bench
