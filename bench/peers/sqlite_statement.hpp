#pragma once

#include <memory>
#include <sqlite3.h>
#include <string>
#include <string_view>

#include "bench/measure/require.hpp"

/// SQLite's connections and prepared statements, owned, and with every failure ending the program.
namespace quartz::bench {

struct CloseConnection {
  void operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Connection = std::unique_ptr<sqlite3, CloseConnection>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

/// Ends the program with what went wrong on `connection` unless `holds`.
inline void check(sqlite3* connection, bool holds) {
  if (!holds) require(false, std::string("SQLite: ") + sqlite3_errmsg(connection));
}

inline void execute(sqlite3& connection, const std::string& text) {
  const int code = sqlite3_exec(&connection, text.c_str(), nullptr, nullptr, nullptr);
  check(&connection, code == SQLITE_OK);
}

inline Statement prepare(sqlite3& connection, const char* text) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v3(&connection, text, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
  check(&connection, code == SQLITE_OK);
  return Statement(statement);
}

/// Binds `bytes`, which stay where they are until the statement is reset.
inline void bind(const Statement& statement, int index, std::string_view bytes) {
  // Without an address SQLite would bind null.
  const char* address = bytes.data() == nullptr ? "" : bytes.data();
  const int code =
      sqlite3_bind_blob64(statement.get(), index, address, bytes.size(), SQLITE_STATIC);
  check(sqlite3_db_handle(statement.get()), code == SQLITE_OK);
}

/// Whether there is a row.
inline bool step(const Statement& statement) {
  const int code = sqlite3_step(statement.get());
  check(sqlite3_db_handle(statement.get()), code == SQLITE_ROW || code == SQLITE_DONE);
  return code == SQLITE_ROW;
}

/// Runs to its end a statement that returns nothing.
inline void run(const Statement& statement) {
  step(statement);
  sqlite3_reset(statement.get());
}

/// Lives until the next step.
inline std::string_view column(const Statement& statement, int index) {
  const void* bytes = sqlite3_column_blob(statement.get(), index);
  const int size = sqlite3_column_bytes(statement.get(), index);
  if (size == 0) return "";  // Such a blob has no address.
  return {static_cast<const char*>(bytes), static_cast<std::size_t>(size)};
}

}  // namespace quartz::bench
