#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "quartz/result.hpp"
#include "quartz/vector/vector_transfer.hpp"
#include "vector/id_file.hpp"
#include "vector/line_file.hpp"

namespace quartz::vector {

/// The ids and payloads of consecutive rows that are imported: from files, or ids made of the rows'
/// numbers and no payloads. Move-only. Threads: one at a time.
class RowTexts {
 public:
  /// From `first_row` on. Checks before anything is imported that each file has as many lines as
  /// there are rows, `row_count`: `invalid_argument` if not.
  static Result<RowTexts> open(const VectorImportOptions& options, std::uint64_t first_row,
                               std::uint64_t row_count);

  /// Goes to the next row. `corruption` names a line that holds no id, or is too long.
  Result<void> next();

  // Of the row gone to; good until the next.
  std::string_view id() const noexcept { return id_; }
  std::string_view payload() const noexcept { return payload_; }

 private:
  RowTexts(const VectorImportOptions& options, std::uint64_t first_row, std::uint64_t row_count);

  std::string prefix_;
  std::uint64_t number_;
  std::size_t digits_;
  std::optional<IdFileReader> ids_;
  std::optional<LineFileReader> payloads_;
  std::string id_;
  std::string payload_;
};

}  // namespace quartz::vector
