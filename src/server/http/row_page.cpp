#include "server/http/row_page.hpp"

#include "base/try.hpp"
#include "protocol/base64.hpp"
#include "server/http/json_bytes.hpp"

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

void append_row(std::string& to, std::string_view key, std::string_view value, bool keys_only) {
  to += "{\"key\":";
  append_json_bytes(to, key);
  if (!keys_only) {
    to += ",\"value\":";
    append_json_bytes(to, value);
  }
  to += '}';
}

}  // namespace

Result<RowPage> read_row_page(const StorageEngine& engine, const RowPageQuery& query) {
  ScanOptions options{.prefix = query.prefix, .lower_bound = query.start, .upper_bound = query.end};
  std::string resumed;
  if (query.cursor) {
    QUARTZ_ASSIGN(resumed, start_of(*query.cursor));
    if (!options.lower_bound || *options.lower_bound < resumed) options.lower_bound = resumed;
  }
  RowPage page;
  std::size_t count = 0;
  std::string last;
  Cursor cursor = engine.cursor(options);
  for (cursor.seek_to_first(); cursor.valid(); cursor.next()) {
    if (count == query.rows_max || (count > 0 && page.text.size() >= query.bytes_max)) {
      page.next_cursor = cursor_after(last);
      break;
    }
    if (!query.lines && count > 0) page.text += ',';
    append_row(page.text, cursor.key(), cursor.value(), query.keys_only);
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
