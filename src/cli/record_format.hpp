#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cli/streams.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/limits.hpp"
#include "quartz/storage/row_attributes.hpp"

namespace quartz::cli {

/// The formats of `load` and `dump`; docs/guide/command_line.md describes them. Each can hold any
/// bytes, and the keyspaces of a whole database.
enum class RecordFormat : std::uint8_t { tsv, jsonl, binary };

/// The format that a file's name suggests: .jsonl, .ndjson and .json, .bin, and TSV otherwise.
RecordFormat format_of_name(std::string_view file_name) noexcept;

/// One row of a file. Views and strings are overwritten by the next one.
struct Record {
  std::string keyspace;  ///< Empty: the file does not say.
  std::string key;
  std::string value;
  RowAttributes attributes;
};

/// Reads the rows of one stream in order. Threads: one at a time.
class RecordReader {
 public:
  enum class Step : std::uint8_t {
    row,       ///< The record holds a row.
    keyspace,  ///< Only its keyspace: it exists, with or without rows.
    end,       ///< All was read, and the file says so itself where the format can.
  };

  virtual ~RecordReader() = default;
  /// Errors: `invalid_argument` or `too_large` for input that is not in the format, without the
  /// place; `cancelled` on a signal; `io_error`. After an error nothing more can be read.
  virtual Result<Step> next(Record& record) = 0;
  /// Where the last step was, for messages: "orders.tsv:17" or "orders.bin: record 17 (byte 4096)".
  virtual std::string place() const = 0;
};

/// Writes rows in order. Errors stay in the stream. Threads: one at a time.
class RecordWriter {
 public:
  virtual ~RecordWriter() = default;
  /// The rows that follow belong to this keyspace. Without a call the file does not say.
  virtual void keyspace(std::string_view name) = 0;
  virtual void row(std::string_view key, std::string_view value,
                   const RowAttributes& attributes) = 0;
  /// Completes the file. Call once.
  virtual void end() = 0;
};

/// What a file's content is refused with. The caller adds the place.
Error malformed(std::string message);

/// The attributes of a file, checked: `expires_at` in milliseconds. `invalid_argument` naming the
/// one that no row can have, without the place.
Result<RowAttributes> checked_attributes(std::optional<std::int64_t> expires_at,
                                         std::uint64_t kind);

/// Both keep a reference to the stream.
std::unique_ptr<RecordReader> make_record_reader(RecordFormat format, InputStream& input);
std::unique_ptr<RecordWriter> make_record_writer(RecordFormat format, OutputStream& output);

/// No line of a well-formed file is longer: a row in which each byte takes the six characters of
/// JSON's escapes, with room for the fields' names.
inline constexpr std::size_t kLineBytesMax = 6 * (kKeyBytesMax + kValueBytesMax) + 4096;

}  // namespace quartz::cli
