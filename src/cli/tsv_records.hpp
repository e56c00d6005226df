#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/record_format.hpp"

namespace quartz::cli {

/// Tab-separated rows: `key<TAB>value`, one a line, with the escapes of text_encoding.hpp. A line
/// `\keyspace<TAB>name`, whose front no key can have, names the keyspace of the lines after it,
/// and a line `\attributes<TAB>expires_at=…,kind=…` what the row in the next line has beside its
/// value.
class TsvReader final : public RecordReader {
 public:
  explicit TsvReader(InputStream& input) : input_(input) {}
  Result<Step> next(Record& record) override;
  std::string place() const override;

 private:
  Result<void> take_attributes(std::string_view text);

  InputStream& input_;
  std::string line_;
  std::string keyspace_;
  std::optional<RowAttributes> attributes_;  // Of the next row.
  std::uint64_t line_number_ = 0;
};

class TsvWriter final : public RecordWriter {
 public:
  explicit TsvWriter(OutputStream& output) : output_(output) {}
  void keyspace(std::string_view name) override;
  void row(std::string_view key, std::string_view value, const RowAttributes& attributes) override;
  void end() override {}

 private:
  OutputStream& output_;
  std::string line_;
};

}  // namespace quartz::cli
