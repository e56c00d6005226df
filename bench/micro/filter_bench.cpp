#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/random.hpp"
#include "protocol/filter_parser.hpp"
#include "vector/filter_evaluator.hpp"
#include "vector/payload.hpp"

// What a filter costs a search that no index helps: one evaluation for each point it looks at.

namespace quartz::vector {
namespace {

std::string random_letters(Random& random, std::size_t size) {
  std::string text;
  while (text.size() < size) text += static_cast<char>('a' + random.below(26));
  return text;
}

// Payloads of some 230 bytes beside a body; the fields that filters name come first or last.
std::vector<std::string> payloads(std::size_t body_bytes, bool fields_last) {
  Random random(1);
  std::vector<std::string> all;
  const std::vector<std::string> languages = {"en", "de", "fr", "es"};
  for (int i = 0; i < 2000; ++i) {
    const std::string fields = "\"lang\": \"" + languages[random.below(4)] +
                               "\", \"year\": " + std::to_string(1990 + random.below(40));
    const std::string others =
        "\"title\": \"" + random_letters(random, 40) + "\", \"url\": \"https://example.com/" +
        std::to_string(random.below(1'000'000)) + R"(", "tag": ["alpha", "beta", "gamma"], )" +
        R"("author": {"name": "Somebody", "age": )" + std::to_string(random.below(90)) +
        "}, \"score\": 0.7312, \"body\": \"" + random_letters(random, body_bytes) + "\"";
    all.push_back("{" + (fields_last ? others + ", " + fields : fields + ", " + others) + "}");
  }
  return all;
}

void matches(benchmark::State& state, const char* filter) {
  const auto evaluator = FilterEvaluator::compile(filter).value();
  const auto points = payloads(static_cast<std::size_t>(state.range(0)), state.range(1) != 0);
  std::size_t next = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(evaluator.matches("doc:1", points[next]));
    next = next + 1 == points.size() ? 0 : next + 1;
  }
}
BENCHMARK_CAPTURE(matches, two_fields, "lang == 'en' and year >= 2020")
    ->ArgNames({"body", "last"})
    ->ArgsProduct({{0, 200, 4000}, {0, 1}});
// The first condition fails for three points of four, so that the other field is seldom looked for.
BENCHMARK_CAPTURE(matches, first_decides, "lang == 'en' and body == 'x'")
    ->ArgNames({"body", "last"})
    ->ArgsProduct({{0, 200, 4000}, {0}});
BENCHMARK_CAPTURE(matches, array, "tag == 'gamma' and not exists(draft)")
    ->ArgNames({"body", "last"})
    ->ArgsProduct({{0, 4000}, {0}});
BENCHMARK_CAPTURE(matches, id_only, "id starts_with 'doc:'")
    ->ArgNames({"body", "last"})
    ->ArgsProduct({{4000}, {0}});

void validate(benchmark::State& state) {
  const auto points = payloads(static_cast<std::size_t>(state.range(0)), true);
  std::size_t next = 0;
  std::int64_t bytes = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(validate_payload(points[next]).has_value());
    bytes += static_cast<std::int64_t>(points[next].size());
    next = next + 1 == points.size() ? 0 : next + 1;
  }
  state.SetBytesProcessed(bytes);
}
BENCHMARK(validate)->ArgName("body")->Arg(0)->Arg(4000);

void parse(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(protocol::parse_filter("lang == 'en' and (year >= 2020 or a in [1])"));
  }
}
BENCHMARK(parse);

}  // namespace
}  // namespace quartz::vector
