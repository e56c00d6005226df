#include "client/near_queries.hpp"

#include <cstdint>
#include <cstring>

#include "base/ascii.hpp"
#include "client/request.hpp"
#include "client/request_words.hpp"

namespace quartz::client {
namespace {

constexpr std::string_view kSearch = "VSIM";

// Of a node, its text behind it. Only this process reads it.
struct StoredNode {
  std::uint64_t children = 0;
  std::uint32_t depth = 0;
  std::uint32_t text_bytes = 0;
  protocol::RespType type = protocol::RespType::null;
};

template <class T>
void append_bytes(std::string& into, const T& value) {
  into.append(reinterpret_cast<const char*>(&value), sizeof(T));
}

}  // namespace

void read_query_near(const NearCache& near_cache, Request& request) {
  if (request.replies != 1) return;
  RequestWords words(request.text);
  if (words.begin_command() < 2 || !is_same_word(words.take(), kSearch)) return;
  request.near_text.clear();
  append_bytes(request.near_text, near_cache.generation_of(words.take()));
  request.near_text += request.text;
  request.near_key = request.near_text;
  request.near_subject = NearCache::Subject::reply;
}

void append_stored_reply(std::span<const protocol::RespNode> reply, std::string& into) {
  for (const protocol::RespNode& node : reply) {
    append_bytes(into, StoredNode{.children = node.children,
                                  .depth = node.depth,
                                  .text_bytes = static_cast<std::uint32_t>(node.text.size()),
                                  .type = node.type});
    into += node.text;
  }
}

std::vector<protocol::RespNode> read_stored_reply(std::string_view stored) {
  std::vector<protocol::RespNode> nodes;
  while (!stored.empty()) {
    StoredNode node;
    std::memcpy(&node, stored.data(), sizeof(node));
    nodes.push_back({.type = node.type,
                     .depth = node.depth,
                     .children = static_cast<std::size_t>(node.children),
                     .text = stored.substr(sizeof(node), node.text_bytes)});
    stored.remove_prefix(sizeof(node) + node.text_bytes);
  }
  return nodes;
}

}  // namespace quartz::client
