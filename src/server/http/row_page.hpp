#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "quartz/result.hpp"
#include "quartz/storage/keyspace.hpp"
#include "quartz/storage/storage_engine.hpp"

namespace quartz::server {

/// Which rows one page of a listing holds.
struct RowPageQuery {
  std::string_view prefix = {};
  std::optional<std::string_view> start = {};   ///< First key.
  std::optional<std::string_view> end = {};     ///< First key past the end.
  std::optional<std::string_view> cursor = {};  ///< Of the page before.
  std::size_t rows_max = 100;
  std::size_t bytes_max = std::size_t{1} << 20;  ///< Of the text; one row always fits.
  bool keys_only = false;
  bool lines = false;  ///< One JSON object a line, and nothing around them.
};

struct RowPage {
  std::string text;
  std::string next_cursor;  ///< Empty: these were the last.
};

/// Reads a page and writes it as JSON: `{"rows": […], "next_cursor": …}`, or as lines.
/// Of keys that hold no string it tells the type in place of a value; of those that expire, when.
/// `invalid_argument` for a cursor that no page gave.
Result<RowPage> read_row_page(const StorageEngine& engine, const Keyspace& rows,
                              const RowPageQuery& query);

}  // namespace quartz::server
