#include "cli/row_options.hpp"

#include <cstdint>
#include <iterator>
#include <map>

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "base/utf8.hpp"
#include "protocol/base64.hpp"

namespace quartz::cli {
namespace {

// One field: as text if it is text, else in base64 under a name that says so.
void append_json_bytes(std::string& to, std::string_view field, std::string_view bytes) {
  const bool text = is_utf8(bytes);
  to += '"';
  to += field;
  to += text ? "\":" : "_base64\":";
  const std::string base64 = text ? std::string{} : protocol::to_base64(bytes);
  const std::string_view shown = text ? bytes : std::string_view(base64);
  to += boost::json::serialize(boost::json::string_view(shown.data(), shown.size()));
}

}  // namespace

void add_text_format(CLI::App& app, const std::string& name, TextFormat& format,
                     const std::string& description) {
  static const std::map<std::string, TextFormat> kNames = {
      {"text", TextFormat::text}, {"hex", TextFormat::hex}, {"escaped", TextFormat::escaped}};
  app.add_option(name, format, description)
      ->transform(CLI::CheckedTransformer(kNames).description(""))
      ->type_name("text|hex|escaped");
}

void KeyRange::define(CLI::App& app) {
  app.add_option("--prefix", prefix, "Only keys that start with it")->type_name("KEY");
  from_option = app.add_option("--from", from, "First key, itself included")->type_name("KEY");
  to_option = app.add_option("--to", to, "End of the keys, itself excluded")->type_name("KEY");
}

Result<void> KeyRange::decode() {
  QUARTZ_ASSIGN(prefix, decode_argument(key_format, prefix, "--prefix"));
  QUARTZ_ASSIGN(from, decode_argument(key_format, from, "--from"));
  QUARTZ_ASSIGN(to, decode_argument(key_format, to, "--to"));
  return {};
}

ScanOptions KeyRange::scan_options() const {
  ScanOptions options;
  options.prefix = prefix;
  if (has_from()) options.lower_bound = from;
  if (has_to()) options.upper_bound = to;
  return options;
}

std::string end_of_prefix(std::string_view prefix) {
  std::string end(prefix);
  // A last byte FF cannot be counted up, so the one before it is.
  while (!end.empty() && static_cast<std::uint8_t>(end.back()) == 0xFF) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<std::uint8_t>(end.back()) + 1);
  return end;
}

void append_json_row(std::string& to, std::string_view keyspace, std::string_view key,
                     std::optional<std::string_view> value, const RowAttributes& attributes) {
  to += '{';
  if (!keyspace.empty()) {
    append_json_bytes(to, "keyspace", keyspace);
    to += ',';
  }
  append_json_bytes(to, "key", key);
  if (value) {
    to += ',';
    append_json_bytes(to, "value", *value);
  }
  if (attributes.expires_at) {
    fmt::format_to(std::back_inserter(to), ",\"expires_at\":{}",
                   attributes.expires_at->time_since_epoch().count());
  }
  if (attributes.kind != 0) {
    fmt::format_to(std::back_inserter(to), ",\"kind\":{}", attributes.kind);
  }
  to += "}\n";
}

}  // namespace quartz::cli
