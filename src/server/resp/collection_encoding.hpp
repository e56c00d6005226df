#pragma once

#include <string_view>

#include "quartz/result.hpp"
#include "server/resp/command.hpp"
#include "server/service/collection_head.hpp"

namespace quartz::server {

/// What Redis would keep a collection as, in which nothing here corresponds to it: a few small
/// elements one after another, or a structure to look them up in. Cost: a look at each element, if
/// they are few.
Result<std::string_view> encoding_of_collection(CommandCall& call, RowKind kind,
                                                const CollectionHead& head);
/// Whether that is a few small elements one after another.
bool is_in_one_piece(std::string_view encoding) noexcept;

}  // namespace quartz::server
