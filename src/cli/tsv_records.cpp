#include "cli/tsv_records.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/text_encoding.hpp"

namespace quartz::cli {
namespace {

// `\k` is no escape, so no key is ever written like this.
constexpr std::string_view kKeyspaceField = "\\keyspace";
constexpr std::string_view kAttributesField = "\\attributes";
constexpr std::string_view kExpiresAt = "expires_at=";
constexpr std::string_view kKind = "kind=";

template <class T>
Result<T> number_of(std::string_view text) {
  T number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) {
    return malformed(fmt::format("\"{}\" is not a whole number", escaped(text)));
  }
  return number;
}

}  // namespace

Result<void> TsvReader::take_attributes(std::string_view text) {
  std::optional<std::int64_t> expires_at;
  std::optional<std::uint64_t> kind;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (word.starts_with(kExpiresAt) && !expires_at) {
      QUARTZ_ASSIGN(expires_at, number_of<std::int64_t>(word.substr(kExpiresAt.size())));
    } else if (word.starts_with(kKind) && !kind) {
      QUARTZ_ASSIGN(kind, number_of<std::uint64_t>(word.substr(kKind.size())));
    } else {
      return malformed(fmt::format(
          "\"{}\" is no attribute; known are expires_at= and kind=, once each", escaped(word)));
    }
  }
  QUARTZ_ASSIGN(attributes_, checked_attributes(expires_at, kind.value_or(0)));
  return {};
}

Result<RecordReader::Step> TsvReader::next(Record& record) {
  ++line_number_;
  QUARTZ_ASSIGN(const bool more, input_.read_line(line_, kLineBytesMax));
  if (!more && attributes_) return malformed("the row is missing that the attributes belong to");
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
  if (attributes_ && line.starts_with('\\') &&
      (line.substr(0, tab) == kKeyspaceField || line.substr(0, tab) == kAttributesField)) {
    return malformed("the row is missing that the attributes in the line before belong to");
  }
  if (line.substr(0, tab) == kAttributesField) {
    QUARTZ_TRY(take_attributes(line.substr(tab + 1)));
    return next(record);
  }
  if (line.substr(0, tab) == kKeyspaceField) {
    QUARTZ_ASSIGN(keyspace_, unescaped(line.substr(tab + 1)));
    record.keyspace = keyspace_;
    return Step::keyspace;
  }
  QUARTZ_ASSIGN(record.key, unescaped(line.substr(0, tab)));
  QUARTZ_ASSIGN(record.value, unescaped(line.substr(tab + 1)));
  record.keyspace = keyspace_;
  record.attributes = std::exchange(attributes_, std::nullopt).value_or(RowAttributes());
  return Step::row;
}

std::string TsvReader::place() const { return fmt::format("{}:{}", input_.name(), line_number_); }

void TsvWriter::keyspace(std::string_view name) {
  output_.write(fmt::format("{}\t{}\n", kKeyspaceField, name));
}

void TsvWriter::row(std::string_view key, std::string_view value, const RowAttributes& attributes) {
  line_.clear();
  if (attributes != RowAttributes()) {
    line_.append(kAttributesField).append("\t");
    if (attributes.expires_at) {
      fmt::format_to(std::back_inserter(line_), "{}{},", kExpiresAt,
                     attributes.expires_at->time_since_epoch().count());
    }
    fmt::format_to(std::back_inserter(line_), "{}{}\n", kKind, attributes.kind);
  }
  escape_to(line_, key);
  line_ += '\t';
  escape_to(line_, value);
  line_ += '\n';
  output_.write(line_);
}

}  // namespace quartz::cli
