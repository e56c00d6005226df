#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "client/near_cache.hpp"
#include "protocol/resp_reply_parser.hpp"

namespace quartz::client {

class Request;

/// Lets the near cache answer a search of vectors (VSIM) with what the same words were answered
/// with, until the key that they name changes. For that the request's place in the cache is named
/// by its words and by the key's generation as it begins: whoever begins behind a change asks
/// anew. Other requests stay as they are.
void read_query_near(const NearCache& near_cache, Request& request);

/// A reply as the near cache keeps it, behind what `into` has already.
void append_stored_reply(std::span<const protocol::RespNode> reply, std::string& into);
/// Its nodes, which are views of `stored`.
std::vector<protocol::RespNode> read_stored_reply(std::string_view stored);

}  // namespace quartz::client
