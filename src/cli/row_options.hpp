#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <CLI/App.hpp>

#include "cli/text_encoding.hpp"
#include "quartz/result.hpp"
#include "quartz/storage/row_attributes.hpp"
#include "quartz/storage/scan_options.hpp"

namespace quartz::cli {

/// `--key-format text|hex|escaped` and the like: how the option named `name` reads or writes bytes.
void add_text_format(CLI::App& app, const std::string& name, TextFormat& format,
                     const std::string& description);

/// A part of a keyspace as the command line describes it. `--key-format` applies to every bound.
struct KeyRange {
  std::string prefix;
  std::string from;
  std::string to;
  TextFormat key_format = TextFormat::text;
  const CLI::Option* from_option = nullptr;  // An empty bound and no bound are different things.
  const CLI::Option* to_option = nullptr;

  /// Declares `--prefix`, `--from` and `--to`; `--key-format` is the verb's to declare.
  void define(CLI::App& app);
  /// Turns the arguments into the bytes they stand for. Call once, before using the range.
  Result<void> decode();
  /// Views into this range.
  ScanOptions scan_options() const;
  bool has_from() const { return from_option->count() > 0; }
  bool has_to() const { return to_option->count() > 0; }
};

/// The smallest key beyond all that start with `prefix`; empty if there is none.
std::string end_of_prefix(std::string_view prefix);

/// One row as a line of JSON with its newline: `{"key": …, "value": …}`, or `key_base64` and
/// `value_base64` where the bytes are not UTF-8. An empty keyspace and a value that is not wanted
/// are left out, and so are attributes that say nothing; `expires_at` is in milliseconds.
void append_json_row(std::string& to, std::string_view keyspace, std::string_view key,
                     std::optional<std::string_view> value, const RowAttributes& attributes);

}  // namespace quartz::cli
