#include "support/random_filter.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>

namespace quartz {
namespace {

using protocol::FilterNode;
using protocol::FilterPath;

std::string random_bytes(Random& random, std::size_t size_max) {
  std::string bytes(random.below(size_max + 1), '\0');
  // Half of them printable, so that quotes and backslashes are not rare.
  for (char& byte : bytes) {
    byte = static_cast<char>(random.one_in(2) ? random.below(256) : 0x20 + random.below(0x60));
  }
  return bytes;
}

double random_double(Random& random) {
  while (true) {
    const std::uint64_t bits = random.next();
    double value = 0;
    std::memcpy(&value, &bits, sizeof(value));
    if (std::isfinite(value)) return value;
  }
}

FilterNode random_leaf(Random& random, const FilterVocabulary& vocabulary) {
  if (random.one_in(20)) return protocol::make_constant(random.one_in(2));
  const bool about_id = random.one_in(8);
  const FilterPath path = about_id ? FilterPath::id() : pick(random, vocabulary.paths);
  const auto value = [&] {
    return about_id ? FilterValue(pick(random, vocabulary.ids)) : pick(random, vocabulary.values);
  };
  switch (random.below(8)) {
    case 0: {
      std::vector<FilterValue> values(random.below(5), nullptr);
      for (FilterValue& one : values) one = value();
      return protocol::make_membership(path, std::move(values));
    }
    case 1:
      if (!about_id) return protocol::make_existence(path);
      [[fallthrough]];
    case 2: {
      const FilterValue text = value();
      const auto* bytes = std::get_if<std::string>(&text.variant());
      const std::string prefix = bytes == nullptr ? "a" : *bytes;
      return protocol::make_prefix(path, prefix.substr(0, random.below(prefix.size() + 1)));
    }
    default: {
      FilterValue other = value();
      const bool ordered = other.is_number() || other.is_text();
      const auto relation = static_cast<FilterRelation>(random.below(ordered ? 6 : 2));
      return protocol::make_comparison(path, relation, std::move(other));
    }
  }
}

}  // namespace

FilterVocabulary everyday_vocabulary() {
  constexpr std::int64_t kExact = std::int64_t{1} << 53;
  FilterVocabulary words;
  words.paths = {{{"a"}}, {{"b"}}, {{"c", "d"}}, {{"c", "e"}}, {{"c"}}, {{"odd name", "f"}}};
  words.values = {nullptr,
                  true,
                  false,
                  0,
                  1,
                  1.0,
                  1.5,
                  2,
                  -1,
                  kExact,
                  kExact + 1,
                  static_cast<double>(kExact),
                  std::numeric_limits<std::int64_t>::max(),
                  9223372036854775808.0,
                  std::numeric_limits<std::uint64_t>::max(),
                  18446744073709551616.0,
                  std::numeric_limits<std::int64_t>::min(),
                  "",
                  "a",
                  "ab",
                  "b",
                  "1",
                  "null",
                  "ä",
                  std::string("a\0b", 3)};
  words.ids = {"", "a", "ab", "doc:1", "doc:2", "doc:10", "q"};
  return words;
}

FilterVocabulary strange_vocabulary(Random& random) {
  FilterVocabulary words = everyday_vocabulary();
  for (const char* name : {"id", "in", "not", "exists", "null", "a.b", "", "-", "0", "`", "ü-1"}) {
    words.paths.push_back({{name}});
    words.paths.push_back({{"x", name}});
  }
  for (int i = 0; i < 50; ++i) {
    words.paths.push_back({{random_bytes(random, 8), random_bytes(random, 8)}});
    words.values.emplace_back(random_bytes(random, 12));
    words.values.emplace_back(random.next());
    words.values.emplace_back(static_cast<std::int64_t>(random.next()));
    words.values.emplace_back(random_double(random));
    words.ids.push_back(random_bytes(random, 12));
  }
  for (const double edge : {-0.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308, 1e21}) {
    words.values.emplace_back(edge);
  }
  return words;
}

FilterNode random_filter(Random& random, const FilterVocabulary& vocabulary, std::size_t depth) {
  if (depth == 0 || random.one_in(4)) return random_leaf(random, vocabulary);
  if (random.one_in(4)) {
    return protocol::make_negation(random_filter(random, vocabulary, depth - 1));
  }
  std::vector<FilterNode> operands(2 + random.below(3));
  for (FilterNode& operand : operands) operand = random_filter(random, vocabulary, depth - 1);
  return random.one_in(2) ? protocol::make_conjunction(operands)
                          : protocol::make_disjunction(operands);
}

}  // namespace quartz
