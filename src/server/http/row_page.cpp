#include "server/http/row_page.hpp"

#include "base/try.hpp"
#include "protocol/base64.hpp"
#include "server/http/json_bytes.hpp"
#include "server/http/time_to_live.hpp"
#include "server/service/row_kind.hpp"

namespace quartz::server {
namespace {

// Clients are told that a cursor is opaque; its first byte keeps the freedom to change it.
constexpr char kCursorVersion = '1';

std::string cursor_after(std::string_view key) {
  return protocol::to_base64_url(std::string(1, kCursorVersion).append(key));
}

// The smallest key behind the one that the cursor holds.
Result<std::string> start_of(std::string_view cursor) {
  auto bytes = protocol::from_base64_url(cursor);
  if (!bytes || bytes->empty() || bytes->front() != kCursorVersion) {
    return Error(Errc::invalid_argument, "cursor is none that a page gave");
  }
  bytes->erase(0, 1);
  bytes->push_back('\0');
  return *std::move(bytes);
}

void append_row(std::string& to, const Cursor& row, ExpiryTime now, bool keys_only) {
  to += "{\"key\":";
  append_json_bytes(to, row.key());
  const RowAttributes attributes = row.attributes();
  const auto kind = static_cast<RowKind>(attributes.kind);
  if (kind != RowKind::string) {
    to.append(",\"type\":\"").append(to_string(kind)).append("\"");
  } else if (!keys_only) {
    to += ",\"value\":";
    append_json_bytes(to, row.value());
  }
  if (attributes.expires_at) {
    to += ",\"ttl\":";
    to += std::to_string(seconds_left(*attributes.expires_at, now));
  }
  to += '}';
}

}  // namespace

Result<RowPage> read_row_page(const StorageEngine& engine, const Keyspace& rows,
                              const RowPageQuery& query) {
  ScanOptions options{.prefix = query.prefix,
                      .lower_bound = query.start,
                      .upper_bound = query.end,
                      .keyspace = &rows};
  std::string resumed;
  if (query.cursor) {
    QUARTZ_ASSIGN(resumed, start_of(*query.cursor));
    if (!options.lower_bound || *options.lower_bound < resumed) options.lower_bound = resumed;
  }
  RowPage page;
  std::size_t count = 0;
  std::string last;
  const ExpiryTime now = engine.now();
  Cursor cursor = engine.cursor(options);
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) {
    if (count == query.rows_max || (count > 0 && page.text.size() >= query.bytes_max)) {
      page.next_cursor = cursor_after(last);
      break;
    }
    if (!query.lines && count > 0) page.text += ',';
    append_row(page.text, cursor, now, query.keys_only);
    if (query.lines) page.text += '\n';
    last = cursor.key();
    ++count;
  }
  if (cursor.error()) return *cursor.error();
  if (!query.lines) {
    page.text.insert(0, "{\"rows\":[");
    page.text += "],\"next_cursor\":";
    page.text += page.next_cursor.empty() ? "null" : "\"" + page.next_cursor + "\"";
    page.text += '}';
  }
  return page;
}

}  // namespace quartz::server
