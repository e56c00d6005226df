#include "cli/record_format.hpp"

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
