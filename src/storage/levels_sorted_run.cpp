#include "storage/levels_sorted_run.hpp"

#include <algorithm>
#include <utility>

#include <rocksdb/iterator.h>
#include <rocksdb/metadata.h>

#include "storage/levels_status.hpp"

namespace quartz::storage {

namespace {

// The files of `family`, by their smallest keys.
std::vector<rocksdb::SstFileMetaData> files_of(rocksdb::DB& db,
                                               rocksdb::ColumnFamilyHandle* family) {
  rocksdb::ColumnFamilyMetaData metadata;
  db.GetColumnFamilyMetaData(family, &metadata);
  std::vector<rocksdb::SstFileMetaData> files;
  files.reserve(metadata.file_count);
  for (const rocksdb::LevelMetaData& level : metadata.levels) {
    files.insert(files.end(), level.files.begin(), level.files.end());
  }
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.smallestkey < b.smallestkey; });
  return files;
}

bool overlap(const std::vector<rocksdb::SstFileMetaData>& files) {
  return std::adjacent_find(files.begin(), files.end(), [](const auto& a, const auto& b) {
           return a.largestkey >= b.smallestkey;
         }) != files.end();
}

bool same(const std::vector<rocksdb::SstFileMetaData>& a,
          const std::vector<rocksdb::SstFileMetaData>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& other) {
    return one.file_number == other.file_number;
  });
}

std::string path_of(const rocksdb::SstFileMetaData& file) {
  return file.directory + "/" + file.relative_filename;
}

// False also if one of the files is gone already.
bool free_of_range_tombstones(rocksdb::DB& db, rocksdb::ColumnFamilyHandle* family,
                              const std::vector<rocksdb::SstFileMetaData>& files) {
  rocksdb::TablePropertiesCollection properties;
  if (!db.GetPropertiesOfAllTables(family, &properties).ok()) return false;
  return std::all_of(files.begin(), files.end(), [&](const auto& file) {
    const auto of_file = properties.find(path_of(file));
    return of_file != properties.end() && of_file->second->num_range_deletions == 0;
  });
}

}  // namespace

SortedRun::SortedRun(const rocksdb::Options& reading, std::vector<Table> tables,
                     rocksdb::SequenceNumber largest_sequence,
                     std::unique_ptr<rocksdb::Iterator> pin)
    : reading_(reading),
      largest_sequence_(largest_sequence),
      pin_(std::move(pin)),
      tables_(std::move(tables)) {}

std::shared_ptr<const SortedRun> SortedRun::capture(rocksdb::DB& db,
                                                    rocksdb::ColumnFamilyHandle* family,
                                                    const rocksdb::Options& reading) {
  const auto files = files_of(db, family);
  if (overlap(files) || !free_of_range_tombstones(db, family, files)) return nullptr;
  std::unique_ptr<rocksdb::Iterator> pin(db.NewIterator(rocksdb::ReadOptions(), family));
  // File numbers are never used twice, so what is the same before and after was pinned.
  if (!pin->status().ok() || !same(files, files_of(db, family))) return nullptr;

  std::vector<Table> tables;
  tables.reserve(files.size());
  rocksdb::SequenceNumber largest_sequence = 0;
  for (const auto& file : files) {
    tables.push_back(
        {.path = path_of(file), .smallest = file.smallestkey, .largest = file.largestkey});
    largest_sequence = std::max(largest_sequence, file.largest_seqno);
  }
  return std::shared_ptr<const SortedRun>(
      new SortedRun(reading, std::move(tables), largest_sequence, std::move(pin)));
}

std::size_t SortedRun::first_reaching(std::string_view key) const {
  const auto at = std::lower_bound(
      tables_.begin(), tables_.end(), key,
      [](const Table& table, std::string_view wanted) { return table.largest < wanted; });
  return static_cast<std::size_t>(at - tables_.begin());
}

std::size_t SortedRun::last_starting(std::string_view key) const {
  const auto past = std::upper_bound(
      tables_.begin(), tables_.end(), key,
      [](std::string_view wanted, const Table& table) { return wanted < table.smallest; });
  return past == tables_.begin() ? tables_.size()
                                 : static_cast<std::size_t>(past - tables_.begin()) - 1;
}

std::unique_ptr<rocksdb::Iterator> SortedRun::iterate(std::size_t table,
                                                      const rocksdb::ReadOptions& options) const {
  Table& of = tables_[table];
  {
    const MutexLock lock(mutex_);
    if (of.reader == nullptr) {
      auto reader = std::make_unique<rocksdb::SstFileReader>(reading_);
      if (const rocksdb::Status status = reader->Open(of.path); !status.ok()) {
        return std::unique_ptr<rocksdb::Iterator>(rocksdb::NewErrorIterator(status));
      }
      of.reader = std::move(reader);
    }
  }
  return std::unique_ptr<rocksdb::Iterator>(of.reader->NewIterator(options));
}

std::shared_ptr<const SortedRun> SortedRuns::find(rocksdb::DB& db,
                                                  rocksdb::ColumnFamilyHandle* family) {
  // Held while the run is captured: tables that change meanwhile are told of afterwards.
  const MutexLock lock(mutex_);
  if (closed_) return nullptr;
  const auto [known, unknown] = known_.try_emplace(family->GetID());
  if (unknown) known->second.run = SortedRun::capture(db, family, reading_);
  return known->second.run;
}

void SortedRuns::forget(std::uint32_t family) {
  std::shared_ptr<const SortedRun> forgotten;  // Goes outside the lock: it may close tables.
  const MutexLock lock(mutex_);
  const auto known = known_.find(family);
  if (known == known_.end() || known->second.dropped) return;
  forgotten = std::move(known->second.run);
  known_.erase(known);
}

void SortedRuns::drop(std::uint32_t family) {
  std::shared_ptr<const SortedRun> forgotten;
  const MutexLock lock(mutex_);
  Known& known = known_[family];
  forgotten = std::move(known.run);
  known.dropped = true;
}

void SortedRuns::close() {
  std::map<std::uint32_t, Known> forgotten;
  const MutexLock lock(mutex_);
  closed_ = true;
  forgotten.swap(known_);
}

}  // namespace quartz::storage
