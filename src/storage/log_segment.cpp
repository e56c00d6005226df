#include "storage/log_segment.hpp"

#include <charconv>
#include <system_error>

namespace quartz::storage {
namespace {

constexpr std::size_t kIdDigitsMin = 6;
constexpr std::string_view kSuffix = ".log";

}  // namespace

std::string segment_file_name(std::uint32_t id) {
  std::string digits = std::to_string(id);
  if (digits.size() < kIdDigitsMin) digits.insert(0, kIdDigitsMin - digits.size(), '0');
  return digits.append(kSuffix);
}

std::optional<std::uint32_t> segment_id_of(std::string_view file_name) {
  if (!file_name.ends_with(kSuffix)) return {};
  const std::string_view digits = file_name.substr(0, file_name.size() - kSuffix.size());
  std::uint32_t id = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), id);
  if (error != std::errc{} || end != digits.data() + digits.size()) return {};
  // Two names for one id would make it unclear which file is meant.
  if (segment_file_name(id) != file_name) return {};
  return id;
}

}  // namespace quartz::storage
