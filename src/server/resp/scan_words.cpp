#include "server/resp/scan_words.hpp"

#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/collection_encoding.hpp"
#include "server/resp/resp_server.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

constexpr std::size_t kCountMax = 1'000'000;

Error invalid_cursor() { return {Errc::invalid_argument, "invalid cursor"}; }

// By the C library, as Redis does: of "-1" it makes a cursor that was not given out.
std::optional<std::uint64_t> cursor_in(std::string_view word) {
  const std::string text(word);
  char* end = nullptr;
  errno = 0;
  const std::uint64_t number = std::strtoull(text.c_str(), &end, 10);
  const bool begins_with_space = std::isspace(static_cast<unsigned char>(text.c_str()[0])) != 0;
  if (begins_with_space || *end != '\0' || errno == ERANGE) return std::nullopt;
  return number;
}

Result<std::string> place_of(CommandCall& call, std::uint64_t cursor) {
  if (cursor == 0) return std::string();
  QUARTZ_ASSIGN(auto place, call.server.service().scan_cursors().find(cursor));
  if (!place) return invalid_cursor();
  return *std::move(place);
}

}  // namespace

Result<ScanWords> read_scan_words(CommandCall& call, std::size_t cursor_word) {
  ScanWords words;
  const auto cursor = cursor_in(call.arguments[cursor_word]);
  if (!cursor) return invalid_cursor();
  for (std::size_t i = cursor_word + 1; i < call.arguments.size(); i += 2) {
    const std::string_view word = call.arguments[i];
    if (i + 1 == call.arguments.size()) return syntax_error();
    const std::string_view value = call.arguments[i + 1];
    if (is_same_word(word, "COUNT")) {
      QUARTZ_ASSIGN(const std::int64_t count, integer_of(value));
      if (count < 1) return syntax_error();
      words.count = std::min(static_cast<std::size_t>(count), kCountMax);
    } else if (is_same_word(word, "MATCH")) {
      words.pattern = value;
    } else if (is_same_word(word, "TYPE") && cursor_word == 1) {
      words.type = value;
    } else {
      return syntax_error();
    }
  }
  QUARTZ_ASSIGN(words.from, place_of(call, *cursor));
  return words;
}

Result<std::optional<ScanWords>> read_element_scan_words(CommandCall& call, RowKind kind) {
  constexpr std::size_t kCursorWord = 2;
  if (!cursor_in(call.arguments[kCursorWord])) return invalid_cursor();
  // In Redis's order: the options of a scan of nothing are not looked at.
  QUARTZ_ASSIGN(const auto head,
                call.view.find_head(kind, call.arguments[1], Transaction::Look::independent));
  if (!head) {
    QUARTZ_TRY(begin_scan_reply(call, std::nullopt, 0));
    return std::optional<ScanWords>();
  }
  QUARTZ_ASSIGN(ScanWords words, read_scan_words(call, kCursorWord));
  // Redis tells what it keeps in one piece at once, whatever COUNT says.
  QUARTZ_ASSIGN(const std::string_view encoding, encoding_of_collection(call, kind, *head));
  if (is_in_one_piece(encoding)) words.count = kCountMax;
  return std::optional(std::move(words));
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
