#include "server/resp/pop_words.hpp"

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/element_words.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {

Result<NamedEnd> end_named(std::string_view word, const EndNames& names) {
  if (is_same_word(word, names.first)) return NamedEnd::first;
  if (is_same_word(word, names.last)) return NamedEnd::last;
  return syntax_error();
}

Result<MultiplePopWords> read_multiple_pop(Words arguments, std::size_t count_word,
                                           const EndNames& names) {
  QUARTZ_ASSIGN(const NumberedKeys words,
                numbered_keys(arguments, count_word, TooManyKeys::syntax));
  if (words.rest.empty()) return syntax_error();
  MultiplePopWords read{.keys = words.keys};
  QUARTZ_ASSIGN(read.end, end_named(words.rest[0], names));
  if (words.rest.size() == 1) return read;
  if (words.rest.size() < 3 || !is_same_word(words.rest[1], "COUNT")) return syntax_error();
  const auto count = to_integer(words.rest[2]);
  if (!count || *count < 1) {
    return Error(Errc::invalid_argument, "count should be greater than 0");
  }
  if (words.rest.size() > 3) return syntax_error();
  read.count = static_cast<std::uint64_t>(*count);
  return read;
}

Result<WaitingPopWords> read_waiting_pop(Words arguments) {
  QUARTZ_ASSIGN(const auto timeout, read_timeout(arguments.back()));
  return WaitingPopWords{.keys = arguments.subspan(1, arguments.size() - 2), .timeout = timeout};
}

}  // namespace quartz::server
