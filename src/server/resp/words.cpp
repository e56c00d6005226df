#include "server/resp/words.hpp"

#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "base/try.hpp"

namespace quartz::server {

std::optional<std::int64_t> to_integer(std::string_view word) noexcept {
  const std::string_view digits = word.starts_with('-') ? word.substr(1) : word;
  if (digits.empty() || (digits[0] == '0' && word.size() > 1)) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (failure != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

// By the C library, which reads hexadecimal numbers and all forms of infinity as Redis does.
std::optional<double> to_real(std::string_view word) noexcept {
  constexpr std::size_t kBytesMax = 255;
  if (word.empty() || word.size() > kBytesMax ||
      std::isspace(static_cast<unsigned char>(word[0]))) {
    return std::nullopt;
  }
  const std::string text(word);
  char* end = nullptr;
  errno = 0;
  const double number = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size() || std::isnan(number)) return std::nullopt;
  if (errno == ERANGE && (number == HUGE_VAL || number == -HUGE_VAL || number == 0)) {
    return std::nullopt;
  }
  return number;
}

Error syntax_error() { return {Errc::invalid_argument, "syntax error"}; }

Error subcommand_syntax_error(std::string_view container, std::string_view subcommand) {
  return {Errc::invalid_argument,
          fmt::format("unknown subcommand or wrong number of arguments for '{}'. Try {} HELP.",
                      subcommand, container)};
}

Error not_an_integer() {
  return {Errc::invalid_argument, "value is not an integer or out of range"};
}

Error wrong_argument_count(std::string_view command) {
  return {Errc::invalid_argument,
          fmt::format("wrong number of arguments for '{}' command", command)};
}

Result<std::int64_t> integer_of(std::string_view word) {
  if (const auto number = to_integer(word)) return *number;
  return not_an_integer();
}

Result<std::int32_t> small_integer_of(std::string_view word) {
  QUARTZ_ASSIGN(const std::int64_t number, integer_of(word));
  const auto small = static_cast<std::int32_t>(number);
  if (small == number) return small;
  return Error(Errc::invalid_argument,
               "value is out of range, value must between -2147483648 and 2147483647");
}

Result<double> real_of(std::string_view word) {
  if (const auto number = to_real(word)) return *number;
  return Error(Errc::invalid_argument, "value is not a valid float");
}

Result<long double> long_real_of(std::string_view word) {
  constexpr std::size_t kBytesMax = std::size_t{5} * 1024 - 1;
  const bool begins = !word.empty() && word.size() <= kBytesMax &&
                      std::isspace(static_cast<unsigned char>(word[0])) == 0;
  const std::string text(begins ? word : std::string_view());
  char* end = nullptr;
  errno = 0;
  const long double number = std::strtold(text.c_str(), &end);
  const bool is_number = begins && end == text.c_str() + text.size() && !std::isnan(number);
  if (!is_number || (errno == ERANGE && (std::isinf(number) || number == 0))) {
    return Error(Errc::invalid_argument, "value is not a valid float");
  }
  return number;
}

std::string text_of_real(double number) {
  if (std::isinf(number)) return number > 0 ? "inf" : "-inf";
  if (number == 0) return std::signbit(number) ? "-0" : "0";
  constexpr double kExact = 9007199254740992.0;  // 2^53: every integer up to it is a double.
  if (number > -kExact && number < kExact && number == std::floor(number)) {
    return fmt::format("{}", static_cast<std::int64_t>(number));
  }
  return fmt::format("{:.17g}", number);
}

}  // namespace quartz::server
