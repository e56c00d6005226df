#include "server/service/scan_cursors.hpp"

#include <chrono>

#include "base/try.hpp"
#include "server/service/big_endian.hpp"
#include "server/service/open_keyspace.hpp"

namespace quartz::server {
namespace {

constexpr auto kLifetime = std::chrono::hours(24);

std::string key_of(std::uint64_t number) {
  std::string key = "cursor.";
  append_big_endian(key, number);
  return key;
}

}  // namespace

Result<std::unique_ptr<ScanCursors>> ScanCursors::open(StorageEngine& engine,
                                                       Generations& generations) {
  QUARTZ_ASSIGN(Keyspace keyspace, open_keyspace(engine, "server"));
  return std::unique_ptr<ScanCursors>(new ScanCursors(engine, generations, std::move(keyspace)));
}

Result<std::uint64_t> ScanCursors::remember(std::string_view place) {
  QUARTZ_ASSIGN(const std::uint64_t number, generations_.next());
  QUARTZ_TRY(engine_.put(keyspace_, key_of(number), place,
                         RowAttributes{.expires_at = engine_.now() + kLifetime}));
  return number;
}

Result<std::optional<std::string>> ScanCursors::find(std::uint64_t number) {
  return engine_.get(keyspace_, key_of(number));
}

}  // namespace quartz::server
