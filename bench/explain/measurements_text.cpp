#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/explain/vector_measurements.hpp"

namespace quartz::bench {
namespace {

/// A line: what it is of, the quantization, and two or three numbers.
struct Line {
  std::string_view kind;
  Quantization quantization = Quantization::none;
  std::vector<double> numbers;
};

std::optional<Quantization> quantization_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(Quantization::bit1); ++i) {
    const auto quantization = static_cast<Quantization>(i);
    if (to_string(quantization) == name) return quantization;
  }
  return std::nullopt;
}

std::optional<Line> parse_line(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t end = text.find(' ');
    words.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  if (words.size() < 4) return std::nullopt;
  const auto quantization = quantization_named(words[1]);
  if (!quantization) return std::nullopt;
  Line line{words[0], *quantization, {}};
  for (const std::string_view word : std::span(words).subspan(2)) {
    double number = 0;
    const auto [end, error] = std::from_chars(word.begin(), word.end(), number);
    if (error != std::errc() || end != word.end()) return std::nullopt;
    line.numbers.push_back(number);
  }
  return line;
}

bool take(VectorMeasurements& into, const Line& line) {
  const auto& numbers = line.numbers;
  if (line.kind == "recall" && numbers.size() == 3) {
    into.recalls.push_back(
        {line.quantization, static_cast<std::size_t>(numbers[0]), numbers[1], numbers[2]});
  } else if (line.kind == "distance" && numbers.size() == 2) {
    into.distances.push_back({line.quantization, numbers[0], numbers[1]});
  } else if (line.kind == "selection" && numbers.size() == 2) {
    into.selections.push_back(
        {line.quantization, static_cast<std::size_t>(numbers[0]), numbers[1]});
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::string to_text(const VectorMeasurements& measurements) {
  std::string text;
  for (const auto& [quantization, ef_search, recall, compared] : measurements.recalls) {
    text += fmt::format("recall {} {} {:.4f} {:.1f}\n", to_string(quantization), ef_search, recall,
                        compared);
  }
  for (const auto& [quantization, exact, by_code] : measurements.distances) {
    text += fmt::format("distance {} {:.0f} {:.0f}\n", to_string(quantization), exact, by_code);
  }
  for (const auto& [quantization, selected, found] : measurements.selections) {
    text += fmt::format("selection {} {} {:.2f}\n", to_string(quantization), selected, found);
  }
  return text;
}

Result<VectorMeasurements> parse_measurements(std::string_view text) {
  VectorMeasurements measurements;
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::string_view words = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), words.size() + 1));
    const auto line = parse_line(words);
    if (line && take(measurements, *line)) continue;
    return Error(Errc::corruption, fmt::format("line {} is no measurement: {}", number, words));
  }
  return measurements;
}

}  // namespace quartz::bench
