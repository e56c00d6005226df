#include "cli/record_options.hpp"

#include <map>
#include <string>

namespace quartz::cli {

void add_record_format(CLI::App& app, std::optional<RecordFormat>& format) {
  static const std::map<std::string, RecordFormat> kNames = {
      {"tsv", RecordFormat::tsv}, {"jsonl", RecordFormat::jsonl}, {"binary", RecordFormat::binary}};
  app.add_option_function<RecordFormat>(
         "--format", [&format](const RecordFormat& chosen) { format = chosen; },
         "Format of the file; by its name (.jsonl, .bin), else tsv")
      ->transform(CLI::CheckedTransformer(kNames).description(""))
      ->type_name("tsv|jsonl|binary");
}

}  // namespace quartz::cli
