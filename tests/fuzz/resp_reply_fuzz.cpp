// Replies of the Redis protocol: the first byte says in pieces of how many bytes they arrive.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "fuzz/pieces.hpp"
#include "protocol/resp_reply_parser.hpp"

using quartz::protocol::is_aggregate;
using quartz::protocol::RespNode;
using quartz::protocol::RespReplyParser;

namespace {

// Each aggregate is followed by as many values as it says, and the whole is one value.
void check_shape(const RespReplyParser& parser) {
  std::vector<std::size_t> missing = {1};
  for (const RespNode& node : parser.nodes()) {
    while (missing.back() == 0) missing.pop_back();
    QUARTZ_CHECK(node.depth + 1 == missing.size());
    if (node.type != quartz::protocol::RespType::attribute) --missing.back();
    if (is_aggregate(node.type)) missing.push_back(node.children);
  }
  for (const std::size_t count : missing) QUARTZ_CHECK(count == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto words_of = [](const RespReplyParser& parser) {
    check_shape(parser);
    std::vector<std::string> words;
    for (const RespNode& node : parser.nodes()) {
      words.push_back(static_cast<char>(node.type) + std::string(node.text));
    }
    return words;
  };
  const auto parsed = [&](std::size_t piece) {
    const RespReplyParser parser({.nodes_max = 10'000, .bytes_max = 100'000});
    return quartz::fuzz::parsed_in_pieces(parser, stream, piece, words_of);
  };
  QUARTZ_CHECK(parsed(stream.size()) == parsed(1 + data[0] % 32U));
  return 0;
}
