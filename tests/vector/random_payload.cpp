#include "vector/random_payload.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <variant>
#include <vector>

#include <fmt/format.h>

namespace quartz {
namespace {

// What an object holds: values by name, or objects again.
struct Object {
  std::map<std::string, std::variant<std::string, Object>> members;
};

std::string space(Random& random) {
  std::string text;
  while (random.one_in(6)) text += " \n\r\t"[random.below(4)];
  return text;
}

std::string scalar(Random& random, const FilterValue& value) {
  if (const auto* text = std::get_if<std::string>(&value.variant())) {
    return random_json_string(random, *text);
  }
  if (const auto* number = std::get_if<double>(&value.variant()); number && random.one_in(2)) {
    return fmt::format("{:.17e}", *number);
  }
  return value.to_string();
}

std::string value(Random& random, const FilterVocabulary& vocabulary, std::size_t depth) {
  if (depth == 0 || !random.one_in(4)) return scalar(random, pick(random, vocabulary.values));
  std::string text = "[";
  const auto count = random.below(4);
  for (std::uint64_t i = 0; i < count; ++i) {
    if (i != 0) text += ",";
    text += space(random) + value(random, vocabulary, depth - 1) + space(random);
  }
  return text + space(random) + "]";
}

std::string text_of(Random& random, const Object& object) {
  std::vector<std::string> members;
  for (const auto& [name, member] : object.members) {
    const auto* inner = std::get_if<Object>(&member);
    std::string text = random_json_string(random, name) + space(random) + ":" + space(random);
    text += inner != nullptr ? text_of(random, *inner) : std::get<std::string>(member);
    members.push_back(std::move(text));
  }
  std::shuffle(members.begin(), members.end(), random);
  std::string text = "{" + space(random);
  for (const std::string& member : members) {
    if (&member != &members.front()) text += "," + space(random);
    text += member + space(random);
  }
  return text + "}";
}

// What `path` leads to: a value, or an array of objects that have one each.
void put(Random& random, const FilterVocabulary& vocabulary, Object& root,
         const protocol::FilterPath& path) {
  Object* at = &root;
  for (std::size_t i = 0; i + 1 < path.names.size(); ++i) {
    auto& member = at->members[path.names[i]];
    if (std::holds_alternative<std::string>(member)) {
      if (!std::get<std::string>(member).empty()) return;  // It leads through a value.
      member = Object{};
    }
    at = &std::get<Object>(member);
  }
  if (at->members.contains(path.names.back())) return;
  at->members[path.names.back()] = value(random, vocabulary, 3);
}

}  // namespace

std::string random_json_string(Random& random, const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || (byte < 0x80 && random.one_in(10))) {
      quoted += random.one_in(2) ? fmt::format("\\u{:04x}", byte) : fmt::format("\\u{:04X}", byte);
    } else if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string random_payload(Random& random, const FilterVocabulary& vocabulary) {
  Object root;
  for (const auto& path : vocabulary.paths) {
    if (random.one_in(2)) put(random, vocabulary, root, path);
  }
  for (const char* other : {"other", "", "aa", "\"{["}) {
    if (random.one_in(3)) put(random, vocabulary, root, {{other}});
    if (random.one_in(6)) put(random, vocabulary, root, {{"outer", other}});
  }
  // An object of a path may stand in an array, which stands for its elements.
  for (auto& [name, member] : root.members) {
    auto* const inner = std::get_if<Object>(&member);
    if (inner == nullptr || !random.one_in(3)) continue;
    std::string array = "[";
    array += text_of(random, *inner) + "," + value(random, vocabulary, 1);
    if (random.one_in(2)) array += ", " + text_of(random, *inner);
    member = array + "]";
  }
  return space(random) + text_of(random, root) + space(random);
}

}  // namespace quartz
