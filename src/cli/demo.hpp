#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/console.hpp"
#include "cli/contact_sheet.hpp"
#include "cli/neighbour_rows.hpp"
#include "cli/picture_data.hpp"
#include "cli/unicode_data.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/keyspace.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/vector/vector_collection.hpp"

namespace quartz::cli {

/// The state that the steps of `quartz demo` hand on to each other, and how they speak. Each step
/// prints what it does as it does it; every number in that is measured there and then.
class Demo {
 public:
  /// Without pictures the steps about them say so.
  Demo(Console& console, UnicodeData unicode, std::optional<PictureData> pictures,
       std::filesystem::path work_directory)
      : console_(console),
        unicode_(std::move(unicode)),
        pictures_(std::move(pictures)),
        work_directory_(std::move(work_directory)) {}

  // The first act, in order; demo_load.cpp, demo_tour.cpp, demo_kill.cpp and demo_measurement.cpp.
  /// Both files into two keyspaces, in batches that are atomic across both.
  Result<void> load();
  /// Characters by code point and by name.
  Result<void> look_up();
  /// A block by prefix, forward and back.
  Result<void> scan();
  /// A snapshot from before an update.
  Result<void> travel_back();
  /// A second process writes until SIGKILL ends it; everything that it was promised must be there.
  /// Error `corruption` if it is not.
  Result<void> kill_a_writer();
  /// The same operations on `row_count` rows, here and in RocksDB.
  Result<void> compare_with_rocksdb(std::size_t row_count);

  // The second act; demo_pictures.cpp and demo_search.cpp.
  /// Pictures into a collection of vectors, and its index.
  Result<void> import_pictures();
  /// The nearest neighbours of pictures that it has not seen, drawn here and as a PNG file.
  Result<void> find_neighbours(const std::filesystem::path& sheet);
  /// What share of the exactly nearest is found.
  Result<void> measure_recall();
  /// The same searches by hnswlib, if the tool was built with it.
  Result<void> compare_with_hnswlib();

 private:
  template <class... Arguments>
  void heading(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    ++step_;
    const std::string text = fmt::format(format, std::forward<Arguments>(arguments)...);
    console_.print("\n{}\n", console_.style().heading(fmt::format("{}. {}", step_, text)));
    console_.out().flush();  // Before any progress bar, which goes to standard error.
  }
  template <class... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    console_.print("   {}\n", fmt::format(format, std::forward<Arguments>(arguments)...));
    console_.out().flush();
  }

  Result<void> open();
  Result<void> close();
  Result<void> write_all();
  Result<std::size_t> row_count_of(const Keyspace& keyspace) const;
  std::string described(std::string_view key, std::string_view record) const;
  Result<void> show_code_point(std::string_view key);
  Result<void> show_name(std::string_view name);
  Result<std::string> glyphs_of_prefix(std::string_view prefix, bool reverse) const;
  Result<std::uint64_t> acknowledged_before_kill();
  Result<void> check_numbered(std::uint64_t acknowledged);
  Result<void> check_unicode();
  Result<ContactSheet> sheet_of(std::size_t queries, std::size_t neighbours);
  Result<void> find_exact_neighbours();

  Console& console_;
  UnicodeData unicode_;
  std::optional<PictureData> pictures_;
  std::filesystem::path work_directory_;
  std::optional<StorageEngine> engine_;
  std::optional<Keyspace> characters_;
  std::optional<Keyspace> names_;
  std::optional<StorageEngine> picture_engine_;
  std::optional<VectorCollection> digits_;  // After its engine: it goes first.
  NeighbourRows exact_neighbours_;
  int step_ = 0;
};

}  // namespace quartz::cli
