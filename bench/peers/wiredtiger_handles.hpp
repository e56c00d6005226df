#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <wiredtiger.h>

#include "bench/measure/require.hpp"

/// WiredTiger's connections, sessions and cursors, owned, and with every failure ending the
/// program.
namespace quartz::bench {

inline constexpr const char* kTable = "table:rows";

inline void check(int code) {
  if (code != 0) require(false, std::string("WiredTiger: ") + wiredtiger_strerror(code));
}

/// False if the code says that there is no such row.
inline bool exists(int code) {
  if (code == WT_NOTFOUND) return false;
  check(code);
  return true;
}

inline WT_ITEM item(std::string_view bytes) {
  WT_ITEM item{};
  item.data = bytes.data();
  item.size = bytes.size();
  return item;
}
inline std::string_view view(const WT_ITEM& item) {
  return {static_cast<const char*>(item.data), item.size};
}

struct CloseConnection {
  void operator()(WT_CONNECTION* connection) const {
    check(connection->close(connection, nullptr));
  }
};
struct CloseSession {
  void operator()(WT_SESSION* session) const { check(session->close(session, nullptr)); }
};
struct CloseCursor {
  void operator()(WT_CURSOR* cursor) const { check(cursor->close(cursor)); }
};
using Connection = std::unique_ptr<WT_CONNECTION, CloseConnection>;
using Session = std::unique_ptr<WT_SESSION, CloseSession>;
using OpenCursor = std::unique_ptr<WT_CURSOR, CloseCursor>;

inline Session open_session(WT_CONNECTION& connection) {
  WT_SESSION* session = nullptr;
  check(connection.open_session(&connection, nullptr, nullptr, &session));
  return Session(session);
}

inline OpenCursor open_cursor(WT_SESSION& session, const char* uri = kTable) {
  WT_CURSOR* cursor = nullptr;
  check(session.open_cursor(&session, uri, nullptr, nullptr, &cursor));
  return OpenCursor(cursor);
}

inline void set_key(WT_CURSOR& cursor, std::string_view key) {
  const WT_ITEM key_item = item(key);
  cursor.set_key(&cursor, &key_item);
}

/// Lives until the cursor is used again.
inline std::string_view value_at(WT_CURSOR& cursor) {
  WT_ITEM value{};
  check(cursor.get_value(&cursor, &value));
  return view(value);
}

}  // namespace quartz::bench
