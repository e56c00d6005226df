#include "bench/report/number_text.hpp"

#include <array>
#include <cmath>
#include <span>
#include <string_view>

#include <fmt/format.h>

namespace quartz::bench {
namespace {

struct Unit {
  double size;
  std::string_view name;
};
constexpr std::array<Unit, 4> kTimeUnits = {{{1, "ns"}, {1e3, "µs"}, {1e6, "ms"}, {1e9, "s"}}};
constexpr std::array<Unit, 5> kByteUnits = {
    {{1, "B"}, {0x1p10, "KiB"}, {0x1p20, "MiB"}, {0x1p30, "GiB"}, {0x1p40, "TiB"}}};

/// The largest unit in which `value` is at least one once it has been rounded.
const Unit& unit_for(double value, std::span<const Unit> units) {
  std::size_t i = 0;
  while (i + 1 < units.size() && value >= units[i + 1].size * 0.9995) ++i;
  return units[i];
}

/// Three digits that count, of a number below a thousand; below one, two.
std::string three_digits(double value) {
  if (value >= 99.95) return fmt::format("{:.0f}", value);
  if (value >= 9.995) return fmt::format("{:.1f}", value);
  if (value >= 0.0995 || value == 0) return fmt::format("{:.2f}", value);
  return fmt::format("{:.2g}", value);
}

/// Of nanoseconds, a tenth is the finest that a clock can be believed.
std::string digits_in(double value, const Unit& unit) {
  const double scaled = value / unit.size;
  if (unit.size > 1 || (scaled > 0 && scaled < 0.95)) return three_digits(scaled);
  return fmt::format("{:.{}f}", scaled, scaled > 0 && scaled < 9.95 ? 1 : 0);
}

std::string with_unit(double value, std::span<const Unit> units) {
  const Unit& unit = unit_for(value, units);
  return fmt::format("{} {}", digits_in(value, unit), unit.name);
}

std::string ratio_digits(double ratio) {
  if (ratio < 0.1) return fmt::format("{:.2g}", ratio);
  if (ratio < 1) return fmt::format("{:.2f}", std::floor(ratio * 100) / 100);
  if (ratio < 1.995) return fmt::format("{:.2f}", ratio);
  return fmt::format("{:.{}f}", ratio, ratio < 99.95 ? 1 : 0);
}

}  // namespace

std::string duration_text(double ns) { return with_unit(ns, kTimeUnits); }

std::string round_duration_text(double ns) {
  const Unit& unit = unit_for(ns, kTimeUnits);
  return fmt::format("{:.3g} {}", ns / unit.size, unit.name);
}

std::string duration_text(const Spread& ns) {
  const Unit& unit = unit_for(ns.median, kTimeUnits);
  return fmt::format("{} {} ({}–{})", digits_in(ns.median, unit), unit.name,
                     digits_in(ns.least, unit), digits_in(ns.most, unit));
}

std::string ratio_text(double ratio) { return ratio_digits(ratio) + "x"; }

std::string ratio_range_text(const Spread& ratio) {
  return fmt::format("{}–{}", ratio_digits(ratio.least), ratio_digits(ratio.most));
}

std::string factor_text(double factor) { return three_digits(factor); }

std::string bytes_text(double bytes) {
  if (bytes < 1024) return fmt::format("{:.0f} B", bytes);
  return with_unit(bytes, kByteUnits);
}

std::string count_text(std::uint64_t count) {
  std::string text = std::to_string(count);
  for (std::size_t at = text.size(); at > 3; at -= 3) text.insert(at - 3, 1, ',');
  return text;
}

}  // namespace quartz::bench
