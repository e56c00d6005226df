#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/words.hpp"
#include "server/service/lists.hpp"
#include "server/service/sorting.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

enum class MayStore : std::uint8_t { yes, no };

struct SortWords {
  Sorting sorting;
  std::optional<std::string_view> target;
};

// What a pattern leads to is no key among the words, so that nobody has asked whether the client
// may read it.
Result<void> check_pattern(const CommandCall& call, std::string_view option) {
  if (call.client.grants().may(Right::kv_read)) return {};
  return Error(
      Errc::invalid_argument,
      "ERR " + std::string(option) + " option of SORT denied due to insufficient ACL permissions.");
}

Result<SortWords> read_words(const CommandCall& call, MayStore may_store) {
  SortWords words;
  Sorting& sorting = words.sorting;
  for (Words rest = call.arguments.subspan(2); !rest.empty();) {
    std::size_t taken = 2;
    if (is_same_word(rest[0], "ASC") || is_same_word(rest[0], "DESC")) {
      sorting.descending = is_same_word(rest[0], "DESC");
      taken = 1;
    } else if (is_same_word(rest[0], "ALPHA")) {
      sorting.by_bytes = true;
      taken = 1;
    } else if (is_same_word(rest[0], "LIMIT") && rest.size() > 2) {
      QUARTZ_ASSIGN(sorting.first, integer_of(rest[1]));
      QUARTZ_ASSIGN(sorting.count, integer_of(rest[2]));
      taken = 3;
    } else if (is_same_word(rest[0], "STORE") && rest.size() > 1 && may_store == MayStore::yes) {
      words.target = rest[1];
    } else if (is_same_word(rest[0], "BY") && rest.size() > 1) {
      sorting.by = rest[1];
      const bool leads_somewhere = rest[1].find('*') != std::string_view::npos;
      if (leads_somewhere) {
        QUARTZ_TRY(check_pattern(call, "BY"));
      }
    } else if (is_same_word(rest[0], "GET") && rest.size() > 1) {
      QUARTZ_TRY(check_pattern(call, "GET"));
      sorting.told.push_back(rest[1]);
    } else {
      return syntax_error();
    }
    rest = rest.subspan(taken);
  }
  sorting.defined_order = words.target.has_value();
  return words;
}

Result<void> sort_as(CommandCall& call, MayStore may_store) {
  QUARTZ_ASSIGN(const SortWords words, read_words(call, may_store));
  QUARTZ_ASSIGN(const auto found, sorted(call.view, call.arguments[1], words.sorting));
  if (words.target) {
    std::vector<std::string_view> values;
    values.reserve(found.size());
    for (const auto& one : found) values.push_back(one ? std::string_view(*one) : "");
    QUARTZ_TRY(lists::replace(call.view, *words.target, values, "sortstore"));
    call.reply.integer(static_cast<std::int64_t>(values.size()));
    return {};
  }
  call.reply.array(found.size());
  for (const auto& one : found) {
    if (one) {
      call.reply.bulk(*one);
    } else {
      call.reply.null();
    }
  }
  return {};
}
Result<void> sort(CommandCall& call) { return sort_as(call, MayStore::yes); }
Result<void> sort_ro(CommandCall& call) { return sort_as(call, MayStore::no); }

constexpr CommandKeys kKeyAndTarget{.first = 1, .last = 1, .step = 1, .keyword = "STORE"};

constexpr std::array kSortCommands = {
    Command{"sort", -2, write | denyoom, kKeyAndTarget, CommandGroup::generic,
            "The elements of a list, a set or a sorted set in order", sort},
    Command{"sort_ro", -2, readonly, kOneKey, CommandGroup::generic, "As SORT, but keeps nothing",
            sort_ro},
};

}  // namespace

std::span<const Command> sort_commands() noexcept { return kSortCommands; }

}  // namespace quartz::server
