#include "server/service/databases.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "server/service/open_keyspace.hpp"

namespace quartz::server {
namespace {

std::string rows_name(std::size_t number) { return fmt::format("rows.{}", number); }

}  // namespace

Result<std::unique_ptr<Databases>> Databases::open(StorageEngine& engine) {
  std::unique_ptr<Databases> databases(new Databases(engine));
  QUARTZ_TRY(databases->select(0));
  for (std::size_t number = 1; number < kCount; ++number) {
    const auto rows = engine.keyspace(rows_name(number));
    if (rows) {
      QUARTZ_TRY(databases->select(number));
    } else if (rows.error().code() != Errc::not_found) {
      return rows.error();
    }
  }
  return databases;
}

Result<const Database*> Databases::select(std::size_t number) {
  if (const Database* const database = find(number)) return database;
  return create(number);
}

Result<const Database*> Databases::create(std::size_t number) {
  MutexLock lock(mutex_);
  std::unique_ptr<Database>& database = databases_.at(number);
  if (!database) {
    // The rows last: they tell that the database exists.
    QUARTZ_ASSIGN(Keyspace elements, open_keyspace(engine_, fmt::format("elements.{}", number)));
    Keyspace rows = engine_.default_keyspace();
    if (number != 0) {
      QUARTZ_ASSIGN(rows, open_keyspace(engine_, rows_name(number)));
    }
    Cursor any = engine_.cursor({.keyspace = &elements});
    any.seek_to_first();
    if (any.error()) return *any.error();
    database = std::make_unique<Database>(number, std::move(rows), std::move(elements));
    database->has_elements.store(any.valid(), std::memory_order_relaxed);
    opened_.at(number).store(database.get(), std::memory_order_release);
  }
  return database.get();
}

}  // namespace quartz::server
