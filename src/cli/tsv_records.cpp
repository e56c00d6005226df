#include "cli/tsv_records.hpp"

#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/text_encoding.hpp"

namespace quartz::cli {
namespace {

// `\k` is no escape, so no key is ever written like this.
constexpr std::string_view kKeyspaceField = "\\keyspace";

// The caller adds the place.
Error malformed(std::string message) { return Error{Errc::invalid_argument, std::move(message)}; }

}  // namespace

Result<RecordReader::Step> TsvReader::next(Record& record) {
  ++line_number_;
  QUARTZ_ASSIGN(const bool more, input_.read_line(line_, kLineBytesMax));
  if (!more) return Step::end;
  const std::string_view line = line_;
  // The value would silently get a byte that nobody sees.
  if (line.ends_with('\r')) {
    return malformed(
        "the line ends in a carriage return; convert the line ends, or write it as \\r");
  }
  const std::size_t tab = line.find('\t');
  if (tab == std::string_view::npos) return malformed("no tab between key and value");
  // Guessing which tab was meant would give the row a wrong key.
  if (line.find('\t', tab + 1) != std::string_view::npos) {
    return malformed("more than one tab; write a tab that belongs to the value as \\t");
  }
  if (line.substr(0, tab) == kKeyspaceField) {
    QUARTZ_ASSIGN(keyspace_, unescaped(line.substr(tab + 1)));
    record.keyspace = keyspace_;
    return Step::keyspace;
  }
  QUARTZ_ASSIGN(record.key, unescaped(line.substr(0, tab)));
  QUARTZ_ASSIGN(record.value, unescaped(line.substr(tab + 1)));
  record.keyspace = keyspace_;
  return Step::row;
}

std::string TsvReader::place() const { return fmt::format("{}:{}", input_.name(), line_number_); }

void TsvWriter::keyspace(std::string_view name) {
  output_.write(fmt::format("{}\t{}\n", kKeyspaceField, name));
}

void TsvWriter::row(std::string_view key, std::string_view value) {
  line_.clear();
  escape_to(line_, key);
  line_ += '\t';
  escape_to(line_, value);
  line_ += '\n';
  output_.write(line_);
}

}  // namespace quartz::cli
