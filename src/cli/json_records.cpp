#include "cli/json_records.hpp"

#include <optional>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/row_options.hpp"
#include "cli/text_encoding.hpp"
#include "protocol/base64.hpp"

namespace quartz::cli {
namespace {

std::string_view view_of(const boost::json::string& text) { return {text.data(), text.size()}; }

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

Result<void> take_number(std::optional<std::int64_t>& place, std::string_view name,
                         const boost::json::value& content) {
  if (!content.is_int64()) return malformed(fmt::format("\"{}\" must be a whole number", name));
  if (place) return malformed(fmt::format("\"{}\" is given twice", name));
  place = content.get_int64();
  return {};
}

Result<void> take_field(Fields& fields, std::string_view name, const boost::json::value& content) {
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
  if (!content.is_string()) return malformed(fmt::format("\"{}\" must be a string", name));
  // Catches "key" beside "key_base64" as well; neither could be preferred.
  if (*place) return malformed(fmt::format("\"{}\" is given twice", name));
  const std::string_view text = view_of(content.get_string());
  *place = base64 ? protocol::from_base64(text) : std::optional<std::string>(std::in_place, text);
  if (!*place) return malformed(fmt::format("\"{}\" is not base64", name));
  return {};
}

Result<Fields> fields_of(std::string_view line) {
  boost::json::error_code failure;
  const boost::json::value document =
      boost::json::parse(boost::json::string_view(line.data(), line.size()), failure);
  if (failure) return malformed(fmt::format("not JSON: {}", failure.message()));
  if (!document.is_object()) return malformed("the line is not a JSON object");
  Fields fields;
  for (const auto& member : document.get_object()) {
    const std::string_view name(member.key().data(), member.key().size());
    QUARTZ_TRY(take_field(fields, name, member.value()));
  }
  return fields;
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
