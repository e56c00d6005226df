// Requests of the Redis protocol: the first byte says in pieces of how many bytes they arrive.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "fuzz/pieces.hpp"
#include "protocol/resp_request.hpp"

using quartz::protocol::RespRequestParser;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto words_of = [](const RespRequestParser& parser) {
    return std::vector<std::string>(parser.arguments().begin(), parser.arguments().end());
  };
  const auto parsed = [&](std::size_t piece) {
    const RespRequestParser parser({.arguments_max = 1000, .argument_bytes_max = 100'000});
    return quartz::fuzz::parsed_in_pieces(parser, stream, piece, words_of);
  };
  QUARTZ_CHECK(parsed(stream.size()) == parsed(1 + data[0] % 32U));
  return 0;
}
