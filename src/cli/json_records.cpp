#include "cli/json_records.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/error.hpp>
#include <boost/json/parse_options.hpp>
#include <boost/json/string_view.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/row_options.hpp"
#include "cli/text_encoding.hpp"
#include "protocol/base64.hpp"

namespace quartz::cli {
namespace {

using JsonError = boost::json::error_code;
using JsonText = boost::json::string_view;

// The object's fields, each at most once.
struct Fields {
  std::optional<std::string> keyspace;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::optional<std::int64_t> expires_at;
  std::optional<std::int64_t> kind;
};

// The place of a number; null for a name that is none's.
std::optional<std::int64_t>* number_place_of(Fields& fields, std::string_view name) {
  if (name == "expires_at") return &fields.expires_at;
  return name == "kind" ? &fields.kind : nullptr;
}

// Where a field's bytes belong, and whether they are in base64; null for a name we do not know.
std::pair<std::optional<std::string>*, bool> place_of(Fields& fields, std::string_view name) {
  if (name == "keyspace") return {&fields.keyspace, false};
  if (name == "key") return {&fields.key, false};
  if (name == "value") return {&fields.value, false};
  if (name == "key_base64") return {&fields.key, true};
  if (name == "value_base64") return {&fields.value, true};
  return {nullptr, false};
}

// What a field holds; neither for everything that none may hold.
struct Content {
  std::optional<std::string_view> text;
  std::optional<std::int64_t> number;
};

Result<void> take_number(std::optional<std::int64_t>& place, std::string_view name,
                         const Content& content) {
  if (!content.number) return malformed(fmt::format("\"{}\" must be a whole number", name));
  if (place) return malformed(fmt::format("\"{}\" is given twice", name));
  place = content.number;
  return {};
}

Result<void> take_field(Fields& fields, std::string_view name, const Content& content) {
  if (auto* const number = number_place_of(fields, name)) {
    return take_number(*number, name, content);
  }
  const auto [place, base64] = place_of(fields, name);
  if (place == nullptr) {
    return malformed(
        fmt::format("unknown field \"{}\"; known are key, value, key_base64, "
                    "value_base64, keyspace, expires_at and kind",
                    escaped(name)));
  }
  // A number would lose its spelling: 1.0 and 1 are different bytes.
  if (!content.text) return malformed(fmt::format("\"{}\" must be a string", name));
  // Catches "key" beside "key_base64" as well; neither could be preferred.
  if (*place) return malformed(fmt::format("\"{}\" is given twice", name));
  const std::string_view text = *content.text;
  *place = base64 ? protocol::from_base64(text) : std::optional<std::string>(std::in_place, text);
  if (!*place) return malformed(fmt::format("\"{}\" is not base64", name));
  return {};
}

// What Boost.JSON's parser calls for each part of a line. A document of Boost.JSON would have the
// last of two fields of a name, and nobody would hear of the first.
class FieldsHandler {
 public:
  // NOLINTBEGIN(readability-identifier-naming): the parser looks for these names.
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  // NOLINTEND(readability-identifier-naming)

  Fields& fields() noexcept { return fields_; }
  // What the line was refused for, although it may be JSON.
  const std::optional<Error>& refusal() const noexcept { return refusal_; }

  bool on_document_begin(JsonError& /*error*/) { return true; }
  bool on_document_end(JsonError& /*error*/) { return true; }
  bool on_object_begin(JsonError& error) {
    if (std::exchange(within_, true)) return take({}, error);
    return true;
  }
  bool on_object_end(std::size_t /*count*/, JsonError& /*error*/) { return true; }
  bool on_array_begin(JsonError& error) { return take({}, error); }
  bool on_array_end(std::size_t /*count*/, JsonError& /*error*/) { return true; }
  bool on_key_part(JsonText part, std::size_t /*size*/, JsonError& /*error*/) {
    name_.append(part.data(), part.size());
    return true;
  }
  bool on_key(JsonText part, std::size_t size, JsonError& error) {
    return on_key_part(part, size, error);
  }
  bool on_string_part(JsonText part, std::size_t /*size*/, JsonError& /*error*/) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool on_string(JsonText part, std::size_t size, JsonError& error) {
    return on_string_part(part, size, error) && take({.text = text_, .number = {}}, error);
  }
  bool on_number_part(JsonText /*part*/, JsonError& /*error*/) { return true; }
  bool on_int64(std::int64_t number, JsonText /*text*/, JsonError& error) {
    return take({.text = {}, .number = number}, error);
  }
  bool on_uint64(std::uint64_t /*number*/, JsonText /*text*/, JsonError& error) {
    return take({}, error);
  }
  bool on_double(double /*number*/, JsonText /*text*/, JsonError& error) { return take({}, error); }
  bool on_bool(bool /*truth*/, JsonError& error) { return take({}, error); }
  bool on_null(JsonError& error) { return take({}, error); }
  bool on_comment_part(JsonText /*part*/, JsonError& /*error*/) { return true; }
  bool on_comment(JsonText /*part*/, JsonError& /*error*/) { return true; }

 private:
  bool take(const Content& content, JsonError& error) {
    const Result<void> taken =
        within_ ? take_field(fields_, name_, content) : malformed("the line is not a JSON object");
    name_.clear();
    text_.clear();
    if (taken) return true;
    refusal_ = taken.error();
    error = boost::json::error::incomplete;  // Any does: it only ends the parsing.
    return false;
  }

  Fields fields_;
  std::optional<Error> refusal_;
  bool within_ = false;  // The object.
  std::string name_;
  std::string text_;
};

Result<Fields> fields_of(std::string_view line) {
  boost::json::basic_parser<FieldsHandler> parser{boost::json::parse_options()};
  JsonError failure;
  const std::size_t read = parser.write_some(false, line.data(), line.size(), failure);
  if (parser.handler().refusal()) return *parser.handler().refusal();
  if (!failure && read < line.size()) failure = boost::json::error::extra_data;
  if (failure) return malformed(fmt::format("not JSON: {}", failure.message()));
  return std::move(parser.handler().fields());
}

}  // namespace

Result<RecordReader::Step> JsonReader::next(Record& record) {
  ++line_number_;
  QUARTZ_ASSIGN(const bool more, input_.read_line(line_, kLineBytesMax));
  if (!more) return Step::end;
  QUARTZ_ASSIGN(Fields fields, fields_of(line_));
  record.keyspace = std::move(fields.keyspace).value_or("");
  if (!fields.key && !fields.value && !record.keyspace.empty()) return Step::keyspace;
  if (!fields.key) return malformed("the object has no \"key\"");
  if (!fields.value) return malformed("the object has no \"value\"");
  QUARTZ_ASSIGN(
      record.attributes,
      checked_attributes(fields.expires_at, static_cast<std::uint64_t>(fields.kind.value_or(0))));
  record.key = *std::move(fields.key);
  record.value = *std::move(fields.value);
  return Step::row;
}

std::string JsonReader::place() const { return fmt::format("{}:{}", input_.name(), line_number_); }

void JsonWriter::keyspace(std::string_view name) {
  keyspace_ = name;
  // A line of its own, so that an empty keyspace is in the file too. Names need no escapes.
  output_.write(fmt::format("{{\"keyspace\":\"{}\"}}\n", name));
}

void JsonWriter::row(std::string_view key, std::string_view value,
                     const RowAttributes& attributes) {
  line_.clear();
  append_json_row(line_, keyspace_, key, value, attributes);
  output_.write(line_);
}

}  // namespace quartz::cli
