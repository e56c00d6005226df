#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "quartz/result.hpp"
#include "server/service/generations.hpp"

namespace quartz::server {

/// The row of a key that holds a vector set: whose generation it is, and the collection in which
/// its elements are points. Every write of an element writes it too, though it stays as it is.
/// docs/formats/server_rows.md has the layout.
struct VectorSetHead {
  Generation generation = 0;
  std::string collection;

  std::string encode() const;
  /// `corruption` if it is none. `key` is for the message.
  static Result<VectorSetHead> decode(std::string_view bytes, std::string_view key);
};

/// Collections of vector sets have names that begin so.
inline constexpr std::string_view kVectorSetPrefix = "vset.";

/// The name of the collection for a vector set that is made under `key`: it tells the database, the
/// generation, and of the key what fits into a name. The key may be another one later.
std::string vector_set_collection(std::size_t database, Generation generation,
                                  std::string_view key);

/// What a name tells; nothing for that of any other collection.
struct VectorSetOrigin {
  std::size_t database = 0;
  Generation generation = 0;
};
std::optional<VectorSetOrigin> vector_set_origin(std::string_view collection) noexcept;

}  // namespace quartz::server
