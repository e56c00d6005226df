#include "server/oracle/allowed_differences.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "server/oracle/command_text.hpp"

namespace quartz::server {

namespace {

bool has_all_on_one_page(const std::vector<std::string>& words) {
  const auto same_as_in_forms = {std::string("COUNT"), std::string("1000000")};
  return std::ranges::search(words, same_as_in_forms).begin() != words.end();
}

/// With 0 in place of -0, as a text and as a number.
ReplyTree with_one_zero(const ReplyTree& reply) {
  ReplyTree same{.bytes = {}, .head = reply.head, .type = reply.type, .items = {}};
  if (same.head == "$2:-0 " || same.head == ",2:-0 ") same.head.replace(1, 4, "1:0");
  same.bytes = same.head;
  for (const ReplyTree& item : reply.items) {
    same.bytes += same.items.emplace_back(with_one_zero(item)).bytes;
  }
  return same;
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

/// How many values an answer of SORT has for each element if the first is the element itself; zero
/// if it is not, or was not sorted by the elements as texts.
std::size_t values_of_sorted_text(const std::vector<std::string>& words) {
  const std::string name = lower_case(words[0]);
  if (name != "sort" && name != "sort_ro") return 0;
  bool by_text = false;
  std::vector<std::string> told;
  for (std::size_t i = 2; i < words.size(); ++i) {
    const std::string option = lower_case(words[i]);
    if (option == "by" || option == "store") return 0;
    by_text = by_text || option == "alpha";
    if (option == "get" && i + 1 < words.size()) told.push_back(words[++i]);
  }
  if (!by_text || (!told.empty() && told.front() != "#")) return 0;
  return std::max<std::size_t>(1, told.size());
}

// Of "$3:a\0b ", as C sees it.
std::string_view text_before_zero(const ReplyTree& item) {
  std::string_view text = std::string_view(item.head).substr(item.head.find(':') + 1);
  text.remove_suffix(1);
  return text.substr(0, text.find('\0'));
}

std::string row_of(const ReplyTree& answer, std::size_t first, std::size_t count) {
  std::string row;
  for (std::size_t i = first; i < first + count; ++i) row += answer.items[i].bytes;
  return row;
}

// Redis compares texts up to a zero byte, and leaves open the order of those that are the same so
// far.
bool is_order_of_texts_with_zero(const std::vector<std::string>& words, const ReplyTree& redis,
                                 const ReplyTree& quartz) {
  const std::size_t step = values_of_sorted_text(words);
  if (step == 0 || redis.head != quartz.head || redis.items.size() % step != 0) return false;
  std::vector<std::string> theirs;
  std::vector<std::string> ours;
  bool has_zero = false;
  for (std::size_t i = 0; i < redis.items.size(); i += step) {
    for (const ReplyTree* const answer : {&redis, &quartz}) {
      has_zero = has_zero || answer->items[i].head.find('\0') != std::string::npos;
    }
    if (text_before_zero(redis.items[i]) != text_before_zero(quartz.items[i])) return false;
    theirs.push_back(row_of(redis, i, step));
    ours.push_back(row_of(quartz, i, step));
  }
  // Which of them a limit cuts off is as open.
  const bool is_cut = std::ranges::any_of(
      words, [](const std::string& word) { return lower_case(word) == "limit"; });
  std::ranges::sort(theirs);
  std::ranges::sort(ours);
  return has_zero && (is_cut || theirs == ours);
}

// Of ":2:17 ".
std::int64_t number_in(std::string_view reply) {
  const std::size_t at = reply.rfind(':');
  return at == std::string_view::npos ? 0 : std::atoll(std::string(reply.substr(at + 1)).c_str());
}

}  // namespace

bool is_allowed_difference(const RandomCommand& command, const ReplyTree& redis_reply,
                           const ReplyTree& quartz_reply) {
  const std::vector<std::string>& words = command.words;
  const std::string_view redis = redis_reply.bytes;
  const std::string_view quartz = quartz_reply.bytes;
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
  if (has_order_of_set(words)) {
    return redis.starts_with('*') && redis_reply.head == quartz_reply.head;
  }
  if (is_order_of_texts_with_zero(words, redis_reply, quartz_reply)) return true;
  // Scores of -0 are 0. They are in small sorted sets of Redis, too, but not in large ones.
  if (name.starts_with('z') &&
      agree(with_one_zero(redis_reply), quartz_reply, command.comparison)) {
    return true;
  }
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
