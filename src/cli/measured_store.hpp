#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "quartz/result.hpp"

namespace quartz::cli {

using Row = std::pair<std::string, std::string>;
using Rows = std::span<const Row>;

/// What the demonstration measures, the same for each engine. A call does a whole group of
/// operations, so that the cost of the call and of the clock is spread over them.
/// Threads: one at a time.
class MeasuredStore {
 public:
  virtual ~MeasuredStore() = default;

  /// Each row by a write of its own that survives a killed process.
  virtual Result<void> put_each(Rows rows) = 0;
  /// All rows in one atomic batch, just as durable.
  virtual Result<void> put_together(Rows rows) = 0;
  /// Reads each row; `corruption` if one is missing or has another size.
  virtual Result<void> get_each(Rows rows) = 0;
  /// Compacts everything and opens the store afresh, so that nothing is left in memtables.
  virtual Result<void> settle() = 0;
  /// Starts to read all rows in order. Ends with the next `settle`.
  virtual Result<void> start_scan() = 0;
  /// Steps over `count` more rows of the scan, which must be there, and looks at them.
  virtual Result<void> scan_rows(std::size_t count) = 0;
};

}  // namespace quartz::cli
