#include "server/resp/scan_words.hpp"

#include <charconv>

#include <fmt/format.h>

#include "base/try.hpp"
#include "server/resp/resp_server.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

constexpr std::int64_t kCountMax = 1'000'000;

Error invalid_cursor() { return {Errc::invalid_argument, "invalid cursor"}; }

Result<std::string> place_of(CommandCall& call, std::string_view word) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (failure != std::errc() || end != word.data() + word.size()) return invalid_cursor();
  if (number == 0) return std::string();
  QUARTZ_ASSIGN(auto place, call.server.service().scan_cursors().find(number));
  if (!place) return invalid_cursor();
  return *std::move(place);
}

}  // namespace

Result<ScanWords> read_scan_words(CommandCall& call, std::size_t cursor_word) {
  ScanWords words;
  QUARTZ_ASSIGN(words.from, place_of(call, call.arguments[cursor_word]));
  for (std::size_t i = cursor_word + 1; i < call.arguments.size(); i += 2) {
    const std::string_view word = call.arguments[i];
    if (i + 1 == call.arguments.size()) return syntax_error();
    const std::string_view value = call.arguments[i + 1];
    if (is_word(word, "COUNT")) {
      QUARTZ_ASSIGN(const std::int64_t count, integer_of(value));
      if (count < 1) return syntax_error();
      words.count = static_cast<std::size_t>(std::min(count, kCountMax));
    } else if (is_word(word, "MATCH")) {
      words.pattern = value;
    } else if (is_word(word, "TYPE") && cursor_word == 1) {
      words.type = value;
    } else {
      return syntax_error();
    }
  }
  return words;
}

Result<void> begin_scan_reply(CommandCall& call, const std::optional<std::string>& next,
                              std::size_t count) {
  std::uint64_t number = 0;
  if (next) {
    QUARTZ_ASSIGN(number, call.server.service().scan_cursors().remember(*next));
  }
  call.reply.array(2);
  call.reply.bulk(fmt::format_int(number).c_str());
  call.reply.array(count);
  return {};
}

}  // namespace quartz::server
