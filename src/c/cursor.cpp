#include "base/try.hpp"
#include "c/call.hpp"
#include "c/handles.hpp"

using namespace quartz::c;
using quartz::Result;

namespace {

Result<quartz::ScanOptions> scan_options(const quartz_scan_options* options) {
  quartz::ScanOptions made;
  if (options == nullptr) return made;
  QUARTZ_TRY(check_bytes("prefix", options->prefix));
  QUARTZ_TRY(check_bytes("lower_bound", options->lower_bound));
  QUARTZ_TRY(check_bytes("upper_bound", options->upper_bound));
  if (options->keyspace != nullptr) made.keyspace = &options->keyspace->keyspace;
  if (options->snapshot != nullptr) made.snapshot = &options->snapshot->snapshot;
  made.prefix = view(options->prefix);
  if (options->lower_bound.data != nullptr) made.lower_bound = view(options->lower_bound);
  if (options->upper_bound.data != nullptr) made.upper_bound = view(options->upper_bound);
  made.limit = options->limit;
  return made;
}

}  // namespace

quartz_error* quartz_engine_cursor(const quartz_engine* engine, const quartz_scan_options* options,
                                   quartz_cursor** cursor) {
  if (cursor != nullptr) *cursor = nullptr;
  return guarded({{"engine", engine}, {"cursor", cursor}}, [&]() -> Result<void> {
    QUARTZ_ASSIGN(const auto which, scan_options(options));
    *cursor = new quartz_cursor{engine->engine.cursor(which)};
    return {};
  });
}

void quartz_cursor_seek_to_first(quartz_cursor* cursor) { cursor->cursor.seek_to_first(); }

void quartz_cursor_seek_to_last(quartz_cursor* cursor) { cursor->cursor.seek_to_last(); }

void quartz_cursor_seek(quartz_cursor* cursor, quartz_bytes key) { cursor->cursor.seek(view(key)); }

void quartz_cursor_seek_for_previous(quartz_cursor* cursor, quartz_bytes key) {
  cursor->cursor.seek_for_previous(view(key));
}

void quartz_cursor_next(quartz_cursor* cursor) {
  if (cursor->cursor.valid()) cursor->cursor.next();
}

void quartz_cursor_previous(quartz_cursor* cursor) {
  if (cursor->cursor.valid()) cursor->cursor.previous();
}

bool quartz_cursor_valid(const quartz_cursor* cursor) { return cursor->cursor.valid(); }

quartz_bytes quartz_cursor_key(const quartz_cursor* cursor) {
  return cursor->cursor.valid() ? bytes_of(cursor->cursor.key()) : quartz_bytes{};
}

quartz_bytes quartz_cursor_value(const quartz_cursor* cursor) {
  return cursor->cursor.valid() ? bytes_of(cursor->cursor.value()) : quartz_bytes{};
}

quartz_error* quartz_cursor_error(const quartz_cursor* cursor) {
  const auto& error = cursor->cursor.error();
  return error ? to_c(*error) : nullptr;
}

void quartz_cursor_destroy(quartz_cursor* cursor) { delete cursor; }
