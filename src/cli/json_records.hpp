#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cli/record_format.hpp"

namespace quartz::cli {

/// JSON Lines: an object a line with `key` and `value`, strings; bytes that are not UTF-8 are in
/// `key_base64` and `value_base64` instead. `keyspace` names the row's keyspace, alone it only says
/// that there is one. `expires_at`, in milliseconds, and `kind` are numbers. Anything else in the
/// object is refused, so that no data is dropped silently.
class JsonReader final : public RecordReader {
 public:
  explicit JsonReader(InputStream& input) : input_(input) {}
  Result<Step> next(Record& record) override;
  std::string place() const override;

 private:
  InputStream& input_;
  std::string line_;
  std::uint64_t line_number_ = 0;
};

class JsonWriter final : public RecordWriter {
 public:
  explicit JsonWriter(OutputStream& output) : output_(output) {}
  void keyspace(std::string_view name) override;
  void row(std::string_view key, std::string_view value, const RowAttributes& attributes) override;
  void end() override {}

 private:
  OutputStream& output_;
  std::string keyspace_;
  std::string line_;
};

}  // namespace quartz::cli
