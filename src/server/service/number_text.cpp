#include "server/service/number_text.hpp"

#include <array>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>

namespace quartz::server {
namespace {

/// Longest text of a number; the largest long double has 4933 digits before the point.
constexpr std::size_t kRealBytesMax = std::size_t{5} * 1024 - 1;

}  // namespace

std::optional<std::int64_t> integer_in(std::string_view text) noexcept {
  const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
  if (digits.empty() || (digits[0] == '0' && text.size() > 1)) return std::nullopt;
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::optional<long double> real_in(std::string_view text) {
  if (text.empty() || text.size() > kRealBytesMax ||
      std::isspace(static_cast<unsigned char>(text[0])) != 0) {
    return std::nullopt;
  }
  const std::string copy(text);
  char* end = nullptr;
  errno = 0;
  const long double number = std::strtold(copy.c_str(), &end);
  if (end != copy.c_str() + copy.size() || std::isnan(number)) return std::nullopt;
  if (errno == ERANGE && (std::isinf(number) || number == 0)) return std::nullopt;
  return number;
}

// By the C library, since fmt writes hundreds of digits of numbers that only a long double can
// hold.
std::string text_of(long double number) {
  std::array<char, kRealBytesMax + 1> buffer;
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.17Lf", number);
  std::string text(buffer.data(), static_cast<std::size_t>(size));
  const std::size_t last = text.find_last_not_of('0');
  text.resize(text[last] == '.' ? last : last + 1);
  return text == "-0" ? "0" : text;
}

}  // namespace quartz::server
