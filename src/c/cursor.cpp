#include "base/try.hpp"
#include "c/call.hpp"
#include "c/handles.hpp"

// NOLINTNEXTLINE(google-build-using-namespace): functions of C are in no namespace of their own.
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

// Moves the cursor, which is on no row if that fails.
template <class Move>
void move(quartz_cursor& cursor, Move&& move) {
  cursor.failure.reset(guarded({}, [&]() -> Result<void> {
    move(cursor.cursor);
    return {};
  }));
}

template <class Seek>
void seek(quartz_cursor& cursor, quartz_bytes key, Seek&& seek) {
  cursor.failure.reset(guarded({}, [&]() -> Result<void> {
    QUARTZ_TRY(check_bytes("key", key));
    seek(cursor.cursor, view(key));
    return {};
  }));
}

}  // namespace

quartz_error* quartz_engine_cursor(const quartz_engine* engine, const quartz_scan_options* options,
                                   quartz_cursor** cursor) {
  if (cursor != nullptr) *cursor = nullptr;
  return guarded({{"engine", engine}, {"cursor", cursor}}, [&]() -> Result<void> {
    QUARTZ_ASSIGN(const auto which, scan_options(options));
    *cursor = new quartz_cursor{.cursor = engine->engine.cursor(which)};
    return {};
  });
}

void quartz_cursor_seek_to_first(quartz_cursor* cursor) {
  move(*cursor, [](quartz::Cursor& moved) { moved.seek_to_first(); });
}

void quartz_cursor_seek_to_last(quartz_cursor* cursor) {
  move(*cursor, [](quartz::Cursor& moved) { moved.seek_to_last(); });
}

void quartz_cursor_seek(quartz_cursor* cursor, quartz_bytes key) {
  seek(*cursor, key, [](quartz::Cursor& moved, std::string_view to) { moved.seek(to); });
}

void quartz_cursor_seek_for_previous(quartz_cursor* cursor, quartz_bytes key) {
  seek(*cursor, key,
       [](quartz::Cursor& moved, std::string_view to) { moved.seek_for_previous(to); });
}

void quartz_cursor_next(quartz_cursor* cursor) {
  if (!quartz_cursor_valid(cursor)) return;
  move(*cursor, [](quartz::Cursor& moved) { moved.next(); });
}

void quartz_cursor_previous(quartz_cursor* cursor) {
  if (!quartz_cursor_valid(cursor)) return;
  move(*cursor, [](quartz::Cursor& moved) { moved.previous(); });
}

bool quartz_cursor_valid(const quartz_cursor* cursor) {
  return cursor->failure == nullptr && cursor->cursor.valid();
}

quartz_bytes quartz_cursor_key(const quartz_cursor* cursor) {
  return quartz_cursor_valid(cursor) ? bytes_of(cursor->cursor.key()) : quartz_bytes{};
}

quartz_bytes quartz_cursor_value(const quartz_cursor* cursor) {
  return quartz_cursor_valid(cursor) ? bytes_of(cursor->cursor.value()) : quartz_bytes{};
}

quartz_error* quartz_cursor_error(const quartz_cursor* cursor) {
  if (const quartz_error* const failure = cursor->failure.get()) {
    quartz_error* const copy =
        failure == out_of_memory() ? nullptr : make_handle<quartz_error>(*failure);
    return copy == nullptr ? out_of_memory() : copy;
  }
  const auto& error = cursor->cursor.error();
  return error ? to_c(*error) : nullptr;
}

void quartz_cursor_destroy(quartz_cursor* cursor) { delete cursor; }
