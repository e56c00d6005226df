#include "server/resp/element_words.hpp"

#include <limits>

#include "base/try.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

/// Members that a client may have drawn again and again: the reply is built in memory.
constexpr std::uint64_t kRepeatedDrawsMax = std::uint64_t{1} << 24;

Error out_of_range() { return {Errc::invalid_argument, "value is out of range"}; }

}  // namespace

Result<std::uint64_t> element_count_of(std::string_view word) {
  const auto number = to_integer(word);
  if (!number || *number < 0) {
    return Error(Errc::invalid_argument, "value is out of range, must be positive");
  }
  return static_cast<std::uint64_t>(*number);
}

Result<DrawCount> draw_count_of(std::string_view word) {
  QUARTZ_ASSIGN(const std::int64_t number, integer_of(word));
  if (number >= 0) return DrawCount{.count = static_cast<std::uint64_t>(number)};
  if (number == std::numeric_limits<std::int64_t>::min()) {
    return Error(Errc::invalid_argument,
                 "value is out of range, value must between -9223372036854775807 and "
                 "9223372036854775807");
  }
  const auto count = static_cast<std::uint64_t>(-number);
  if (count > kRepeatedDrawsMax) return out_of_range();
  return DrawCount{.count = count, .repeats = members::Repeats::allowed};
}

Result<NumberedKeys> numbered_keys(Words arguments, std::size_t count_word, TooManyKeys too_many) {
  const auto number = to_integer(arguments[count_word]);
  if (!number || *number < 1) {
    return Error(Errc::invalid_argument, "numkeys should be greater than 0");
  }
  const auto count = static_cast<std::uint64_t>(*number);
  const Words behind = arguments.subspan(count_word + 1);
  if (count > behind.size()) {
    if (too_many == TooManyKeys::syntax) return syntax_error();
    return Error(Errc::invalid_argument, "Number of keys can't be greater than number of args");
  }
  return NumberedKeys{.keys = behind.first(count), .rest = behind.subspan(count)};
}

}  // namespace quartz::server
