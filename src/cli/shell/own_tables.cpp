#include "cli/shell/own_tables.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "cli/shell/shell.hpp"
#include "cli/shell/words.hpp"

namespace quartz::cli {
namespace {

using Words = std::vector<std::string>;

constexpr std::size_t kKeysShown = 20;
constexpr std::size_t kKeysShownMax = 10'000;
constexpr std::string_view kPreviewEnd = "199";  // Of a value's bytes.

std::optional<std::size_t> number_of(std::string_view text) {
  std::size_t number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  const bool whole = parsed.ec == std::errc() && parsed.ptr == end;
  return whole ? std::optional(number) : std::nullopt;
}

// A pattern for SCAN that stands for nothing but these bytes.
std::string literal_pattern(std::string_view bytes) {
  std::string pattern;
  for (const char c : bytes) {
    if (std::string_view("*?[]\\").find(c) != std::string_view::npos) pattern += '\\';
    pattern += c;
  }
  return pattern;
}

/// The first `count` keys that match, of a type unless that is empty.
Result<Words> scan_keys(Shell& shell, const std::string& pattern, const std::string& type,
                        std::size_t count) {
  Words keys;
  std::string cursor = "0";
  do {
    Words question = {"SCAN", cursor, "MATCH", pattern, "COUNT", "1000"};
    if (!type.empty()) question.insert(question.end(), {"TYPE", type});
    QUARTZ_ASSIGN(const ReplyTree reply, shell.ask_for(question));
    if (reply.elements.size() != 2) return Error(Errc::unsupported, "SCAN answered strangely");
    cursor = reply.elements[0].text;
    for (const ReplyTree& key : reply.elements[1].elements) {
      if (keys.size() < count) keys.push_back(key.text);
    }
  } while (cursor != "0" && keys.size() < count);
  return keys;
}

struct Measure {
  std::string_view type;
  std::string_view command;
  std::string_view unit;
};
constexpr std::array<Measure, 5> kMeasures = {{{"hash", "HLEN", "fields"},
                                               {"list", "LLEN", "elements"},
                                               {"set", "SCARD", "members"},
                                               {"zset", "ZCARD", "members"},
                                               {"vectorset", "VCARD", "elements"}}};

// A string itself, and how much is in everything else.
Result<std::string> content_of(Shell& shell, const std::string& key, std::string_view type) {
  if (type == "string") {
    QUARTZ_ASSIGN(const ReplyTree value,
                  shell.ask_for({"GETRANGE", key, "0", std::string(kPreviewEnd)}));
    return value.text;
  }
  const auto* const measure = std::ranges::find(kMeasures, type, &Measure::type);
  if (measure == kMeasures.end()) return std::string();
  QUARTZ_ASSIGN(const ReplyTree count, shell.ask_for({std::string(measure->command), key}));
  return fmt::format("{} {}", count.text, measure->unit);
}

// "-" if it stays, and nothing if it has gone.
std::string expiry_text(std::string_view milliseconds) {
  if (milliseconds == "-1") return "-";
  const auto number = number_of(milliseconds);
  return number ? fmt::format("{:.1f} s", static_cast<double>(*number) / 1000) : std::string();
}

Error wrong_use(std::string_view usage) {
  return {Errc::invalid_argument, fmt::format("that is {}", usage)};
}

std::string text_at(const ReplyTree& map, std::string_view key) {
  const ReplyTree* const found = map.find(key);
  return found == nullptr ? std::string() : found->text;
}

// "keys=12,expires=0": what stands behind a name.
std::string part_of(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(std::string(name) + "=");
  if (at == std::string_view::npos) return {};
  text.remove_prefix(at + name.size() + 1);
  return std::string(text.substr(0, text.find(',')));
}

/// Calls `visit` with the name and the value of each line of INFO; a heading has no value.
template <class Visit>
void for_each_fact(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t colon = line.find(':');
    if (line.starts_with("# ")) {
      visit(line.substr(2), std::optional<std::string_view>());
    } else if (colon != std::string_view::npos) {
      visit(line.substr(0, colon), std::optional(line.substr(colon + 1)));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// An element with its score and its attributes, in both versions of the protocol.
std::vector<std::string> hit_row(std::size_t rank, const std::string& element,
                                 const ReplyTree& score, const ReplyTree* attributes) {
  return {fmt::format("{}", rank), element, score.text,
          attributes == nullptr ? std::string() : attributes->text};
}

std::vector<std::vector<std::string>> hit_rows(const ReplyTree& reply) {
  std::vector<std::vector<std::string>> rows;
  const auto& parts = reply.elements;
  if (reply.type == protocol::RespType::map) {
    for (std::size_t i = 0; i + 1 < parts.size(); i += 2) {
      const auto& pair = parts[i + 1].elements;
      if (pair.size() == 2) rows.push_back(hit_row(i / 2 + 1, parts[i].text, pair[0], &pair[1]));
    }
    return rows;
  }
  for (std::size_t i = 0; i + 2 < parts.size(); i += 3) {
    rows.push_back(hit_row(i / 3 + 1, parts[i].text, parts[i + 1], &parts[i + 2]));
  }
  return rows;
}

}  // namespace

Result<void> show_keys(Shell& shell, const Words& words) {
  const auto count = words.size() > 2 ? number_of(words[2]) : std::optional(kKeysShown);
  if (words.size() > 3 || !count || *count == 0 || *count > kKeysShownMax) {
    return wrong_use("\\scan [PREFIX [N]], of up to 10000 keys");
  }
  const std::string pattern = literal_pattern(words.size() > 1 ? words[1] : "") + "*";
  QUARTZ_ASSIGN(const Words keys, scan_keys(shell, pattern, {}, *count));
  Table table{.titles = {"key", "type", "expires in", "holds"}, .rows = {}, .numbers = {2}};
  for (const std::string& key : keys) {
    QUARTZ_ASSIGN(const ReplyTree type, shell.ask_for({"TYPE", key}));
    QUARTZ_ASSIGN(const ReplyTree left, shell.ask_for({"PTTL", key}));
    QUARTZ_ASSIGN(std::string content, content_of(shell, key, type.text));
    table.rows.push_back({key, type.text, expiry_text(left.text), std::move(content)});
  }
  shell.print(table);
  return {};
}

Result<void> show_databases(Shell& shell, const Words& words) {
  if (words.size() != 1) return wrong_use("\\databases");
  QUARTZ_ASSIGN(const ReplyTree info, shell.ask_for({"INFO", "keyspace"}));
  Table table{.titles = {"database", "keys", "that expire"}, .rows = {}, .numbers = {1, 2}};
  for_each_fact(info.text, [&](std::string_view name, std::optional<std::string_view> value) {
    if (!value || !name.starts_with("db")) return;
    table.rows.push_back(
        {std::string(name.substr(2)), part_of(*value, "keys"), part_of(*value, "expires")});
  });
  shell.print(table);
  return {};
}

Result<void> show_collections(Shell& shell, const Words& words) {
  if (words.size() > 2) return wrong_use("\\collections [PATTERN]");
  QUARTZ_ASSIGN(const Words keys,
                scan_keys(shell, words.size() > 1 ? words[1] : "*", "vectorset", kKeysShownMax));
  Table table{.titles = {"vector set", "elements", "dimensions", "quantization", "collection"},
              .rows = {},
              .numbers = {1, 2}};
  for (const std::string& key : keys) {
    QUARTZ_ASSIGN(const ReplyTree info, shell.ask_for({"VINFO", key}));
    table.rows.push_back({key, text_at(info, "size"), text_at(info, "vector-dim"),
                          text_at(info, "quant-type"), text_at(info, "collection")});
  }
  shell.print(table);
  return {};
}

Result<void> show_nearest(Shell& shell, const Words& words) {
  const bool by_element = words.size() == 5 && is_same_word(words[3], "ELE");
  if (words.size() < 4 || !number_of(words[2])) {
    return wrong_use("\\nearest KEY K NUMBER... or \\nearest KEY K ELE NAME");
  }
  Words question = {"VSIM", words[1]};
  if (by_element) {
    question.insert(question.end(), {"ELE", words[4]});
  } else {
    question.insert(question.end(), {"VALUES", fmt::format("{}", words.size() - 3)});
    question.insert(question.end(), words.begin() + 3, words.end());
  }
  question.insert(question.end(), {"WITHSCORES", "WITHATTRIBS", "COUNT", words[2]});
  QUARTZ_ASSIGN(const ReplyTree reply, shell.ask_for(question));
  shell.print(Table{.titles = {"rank", "element", "score", "attributes"},
                    .rows = hit_rows(reply),
                    .numbers = {0}});
  return {};
}

Result<void> show_statistics(Shell& shell, const Words& words) {
  if (words.size() > 2) return wrong_use("\\stats [SECTION]");
  Words question = {"INFO"};
  if (words.size() == 2) question.push_back(words[1]);
  QUARTZ_ASSIGN(const ReplyTree info, shell.ask_for(question));
  Table table{.titles = {"section", "name", "value"}};
  std::string section;
  for_each_fact(info.text, [&](std::string_view name, std::optional<std::string_view> value) {
    if (!value) {
      section = name;
      return;
    }
    table.rows.push_back({section, std::string(name), std::string(*value)});
  });
  shell.print(table);
  return {};
}

}  // namespace quartz::cli
