#include "cli/record_format.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "cli/binary_records.hpp"
#include "cli/json_records.hpp"
#include "cli/tsv_records.hpp"

namespace quartz::cli {

RecordFormat format_of_name(std::string_view file_name) noexcept {
  // Standard input is "-", which suggests nothing and so gets the default.
  for (const std::string_view ending : {".jsonl", ".ndjson", ".json"}) {
    if (file_name.ends_with(ending)) return RecordFormat::jsonl;
  }
  return file_name.ends_with(".bin") ? RecordFormat::binary : RecordFormat::tsv;
}

Error malformed(std::string message) { return Error{Errc::invalid_argument, std::move(message)}; }

Result<RowAttributes> checked_attributes(std::optional<std::int64_t> expires_at,
                                         std::uint64_t kind) {
  if (kind > kRowKindMax) {
    return Error{Errc::invalid_argument,
                 fmt::format("a row of kind {}; the largest is {}", kind, kRowKindMax)};
  }
  RowAttributes attributes{.kind = static_cast<std::uint8_t>(kind)};
  if (!expires_at) return attributes;
  attributes.expires_at = ExpiryTime(std::chrono::milliseconds(*expires_at));
  if (*attributes.expires_at < ExpiryTime() || *attributes.expires_at > kExpiryTimeMax) {
    return Error{Errc::invalid_argument,
                 fmt::format("a row that expires at {} ms; times go from 0 to {}", *expires_at,
                             kExpiryTimeMax.time_since_epoch().count())};
  }
  return attributes;
}

std::unique_ptr<RecordReader> make_record_reader(RecordFormat format, InputStream& input) {
  switch (format) {
    case RecordFormat::tsv:
      return std::make_unique<TsvReader>(input);
    case RecordFormat::jsonl:
      return std::make_unique<JsonReader>(input);
    case RecordFormat::binary:
      return std::make_unique<BinaryReader>(input);
  }
  return nullptr;
}

std::unique_ptr<RecordWriter> make_record_writer(RecordFormat format, OutputStream& output) {
  switch (format) {
    case RecordFormat::tsv:
      return std::make_unique<TsvWriter>(output);
    case RecordFormat::jsonl:
      return std::make_unique<JsonWriter>(output);
    case RecordFormat::binary:
      return std::make_unique<BinaryWriter>(output);
  }
  return nullptr;
}

}  // namespace quartz::cli
