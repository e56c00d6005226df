#include "server/service/collection_head.hpp"

#include <fmt/format.h>

#include "server/service/big_endian.hpp"

namespace quartz::server {

std::string CollectionHead::encode(RowKind kind) const {
  std::string bytes;
  bytes.reserve(24);
  append_big_endian(bytes, generation);
  append_big_endian(bytes, count);
  if (kind == RowKind::list) append_big_endian(bytes, first_index);
  return bytes;
}

Result<CollectionHead> CollectionHead::decode(RowKind kind, std::string_view bytes,
                                              std::string_view key) {
  const std::size_t expected = kind == RowKind::list ? 24 : 16;
  if (bytes.size() != expected || read_big_endian(bytes) == 0) {
    return Error(Errc::corruption,
                 fmt::format("key \"{}\": its {} is damaged", key, to_string(kind)));
  }
  CollectionHead head{.generation = read_big_endian(bytes),
                      .count = read_big_endian(bytes.substr(8))};
  if (kind == RowKind::list) head.first_index = read_big_endian(bytes.substr(16));
  return head;
}

}  // namespace quartz::server
