#include "server/oracle/allowed_differences.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "server/oracle/command_text.hpp"

namespace quartz::server {

namespace {

bool has_all_on_one_page(const std::vector<std::string>& words) {
  const auto same_as_in_forms = {std::string("COUNT"), std::string("1000000")};
  return std::ranges::search(words, same_as_in_forms).begin() != words.end();
}

/// With 0 in place of -0, as a text and as a number.
std::string with_one_zero(std::string_view reply) {
  std::string text(reply);
  for (const std::string_view minus : {"$2:-0 ", ",2:-0 "}) {
    for (std::size_t at = 0; (at = text.find(minus, at)) != std::string::npos;) {
      text.replace(at + 1, minus.size() - 1, "1:0 ");
    }
  }
  return text;
}

// A word that leads nowhere leaves the elements in their own order, of which a set has none: Redis
// tells how it keeps its members. What is stored has a defined one.
bool has_order_of_set(const std::vector<std::string>& words) {
  const std::string name = lower_case(words[0]);
  if (name != "sort" && name != "sort_ro") return false;
  bool leads_nowhere = false;
  for (std::size_t i = 2; i + 1 < words.size(); ++i) {
    const std::string option = lower_case(words[i]);
    if (option == "store") return false;
    leads_nowhere =
        leads_nowhere || (option == "by" && words[i + 1].find('*') == std::string::npos);
  }
  return leads_nowhere;
}

// Of "*3 $1:a ...".
std::string_view head_of(std::string_view reply) { return reply.substr(0, reply.find(' ')); }

// Of ":2:17 ".
std::int64_t number_in(std::string_view reply) {
  const std::size_t at = reply.rfind(':');
  return at == std::string_view::npos ? 0 : std::atoll(std::string(reply.substr(at + 1)).c_str());
}

}  // namespace

bool is_allowed_difference(const std::vector<std::string>& words, std::string_view redis,
                           std::string_view quartz) {
  const std::string name = lower_case(words[0]);
  // Cursors are numbers that were given out; Redis takes any.
  const bool is_scan = name.ends_with("scan");
  if (is_scan && quartz.find("ERR invalid cursor") != std::string_view::npos) {
    return !redis.starts_with('-');
  }
  // A page has its own size and order.
  if (is_scan && !has_all_on_one_page(words)) {
    return !redis.starts_with('-') && !quartz.starts_with('-');
  }
  if (has_order_of_set(words)) return redis.starts_with('*') && head_of(redis) == head_of(quartz);
  // Scores of -0 are 0. They are in small sorted sets of Redis, too, but not in large ones.
  if (name.starts_with('z') && with_one_zero(redis) == quartz) return true;
  // Redis counts what has expired until it comes across it.
  if (name == "dbsize") return number_in(redis) > number_in(quartz);
  // Times end at 2^62 milliseconds, half of what Redis takes.
  if (quartz.find("ERR invalid expire time") != std::string_view::npos) {
    return std::ranges::any_of(words, [](const std::string& word) { return word.size() >= 15; });
  }
  // Where an error quotes a word, Redis stops at a zero byte.
  return redis.starts_with('-') && quartz.starts_with('-') &&
         quartz.find('\0') != std::string_view::npos;
}

}  // namespace quartz::server
