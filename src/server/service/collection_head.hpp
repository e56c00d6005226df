#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "quartz/result.hpp"
#include "server/service/generations.hpp"
#include "server/service/row_kind.hpp"

namespace quartz::server {

/// The row of a key that holds a collection. Everything that changes an element writes it too, so
/// that whoever has looked at it knows of every change. docs/formats/server_rows.md has the layout.
struct CollectionHead {
  Generation generation = 0;
  std::uint64_t count = 0;        ///< Of elements; a collection without any does not exist.
  std::uint64_t first_index = 0;  ///< Lists: where the first element lies.

  std::string encode(RowKind kind) const;
  /// `corruption` if it is none of that kind. `key` is for the message.
  static Result<CollectionHead> decode(RowKind kind, std::string_view bytes, std::string_view key);
};

}  // namespace quartz::server
