#include "vector/row_texts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/try.hpp"
#include "io/file_system.hpp"
#include "quartz/vector/payload_limits.hpp"

namespace quartz::vector {
namespace {

std::size_t digits_of(std::uint64_t number) { return std::to_string(number).size(); }

Result<IdFileReader> open_ids(const io::Path& path) {
  return IdFileReader::open(io::posix_file_system(), path);
}
Result<LineFileReader> open_payloads(const io::Path& path) {
  return LineFileReader::open(io::posix_file_system(), path, kPayloadBytesMax);
}

// The file at its line `first_row`, after a pass over all of it: what may be wrong with it is found
// before a row is written.
template <class Reader>
Result<Reader> open_checked(Result<Reader> (*open)(const io::Path&), const io::Path& path,
                            std::string_view what, std::uint64_t first_row,
                            std::uint64_t row_count) {
  std::string text;
  QUARTZ_ASSIGN(Reader checked, open(path));
  while (true) {
    QUARTZ_ASSIGN(const bool present, checked.next(text));
    if (!present) break;
  }
  if (checked.line() != row_count) {
    return Error(Errc::invalid_argument,
                 fmt::format("{}: has {} {} for {} rows of vectors", path.string(), checked.line(),
                             what, row_count));
  }
  QUARTZ_ASSIGN(Reader reader, open(path));
  for (std::uint64_t row = 0; row < first_row; ++row) QUARTZ_TRY(reader.next(text));
  return reader;
}

// It had a line for each row a moment ago.
Error was_cut_off() {
  return {Errc::corruption, "a file of ids or payloads was cut off meanwhile"};
}

}  // namespace

RowTexts::RowTexts(const VectorImportOptions& options, std::uint64_t first_row,
                   std::uint64_t row_count)
    : prefix_(options.id_prefix),
      number_(options.first_id + first_row),
      digits_(std::max(options.id_digits,
                       digits_of(options.first_id + std::max<std::uint64_t>(row_count, 1) - 1))) {}

Result<RowTexts> RowTexts::open(const VectorImportOptions& options, std::uint64_t first_row,
                                std::uint64_t row_count) {
  RowTexts texts(options, first_row, row_count);
  if (!options.ids_path.empty()) {
    QUARTZ_ASSIGN(texts.ids_,
                  open_checked(open_ids, options.ids_path, "ids", first_row, row_count));
  }
  if (!options.payloads_path.empty()) {
    QUARTZ_ASSIGN(texts.payloads_, open_checked(open_payloads, options.payloads_path, "payloads",
                                                first_row, row_count));
  }
  return texts;
}

Result<void> RowTexts::next() {
  if (ids_) {
    QUARTZ_ASSIGN(const bool present, ids_->next(id_));
    if (!present) return was_cut_off();
  } else {
    id_ = fmt::format("{}{:0{}}", prefix_, number_++, digits_);
  }
  if (payloads_) {
    QUARTZ_ASSIGN(const bool present, payloads_->next(payload_));
    if (!present) return was_cut_off();
  }
  return {};
}

}  // namespace quartz::vector
