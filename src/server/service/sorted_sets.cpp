#include "server/service/sorted_sets.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <set>

#include "base/try.hpp"
#include "protocol/glob.hpp"

namespace quartz::server::sorted_sets {
namespace {

bool admits(const AddCondition& condition, const std::optional<double>& old, double score) {
  if (!old) return !condition.only_existing;
  if (condition.only_new) return false;
  if (condition.only_greater && score <= *old) return false;
  return !condition.only_less || score < *old;
}

/// Positions below `size`, in order: so many different ones, or with repetitions.
std::vector<std::uint64_t> random_positions(std::uint64_t size, std::uint64_t count,
                                            bool repeated) {
  thread_local std::mt19937_64 random(std::random_device{}());
  std::vector<std::uint64_t> positions;
  if (repeated) {
    positions.resize(count);
    std::uniform_int_distribution<std::uint64_t> any(0, size - 1);
    std::ranges::generate(positions, [&] { return any(random); });
    std::ranges::sort(positions);
    return positions;
  }
  // Floyd's sampling: each choice is equally likely, and memory is that of the answer.
  std::set<std::uint64_t> chosen;
  for (std::uint64_t top = size - std::min(count, size); top < size; ++top) {
    const auto pick = std::uniform_int_distribution<std::uint64_t>(0, top)(random);
    if (!chosen.insert(pick).second) chosen.insert(top);
  }
  positions.assign(chosen.begin(), chosen.end());
  return positions;
}

}  // namespace

Result<AddOutcome> add(DatabaseView& view, std::string_view key,
                       std::span<const std::pair<double, std::string_view>> members,
                       const AddCondition& condition) {
  QUARTZ_ASSIGN(SortedSet set, SortedSet::open(view, key));
  for (const auto& [score, member] : members) QUARTZ_TRY(check_member(member));
  AddOutcome outcome;
  for (const auto& [score, member] : members) {
    QUARTZ_ASSIGN(const auto old, set.score(member));
    if (!admits(condition, old, score) || (old && *old == score)) continue;
    QUARTZ_TRY(set.put(member, old, score));
    ++(old ? outcome.changed : outcome.added);
  }
  QUARTZ_TRY(set.save("zadd"));
  return outcome;
}

Result<std::optional<double>> increment(DatabaseView& view, std::string_view key,
                                        std::string_view member, double by,
                                        const AddCondition& condition) {
  QUARTZ_ASSIGN(SortedSet set, SortedSet::open(view, key));
  QUARTZ_TRY(check_member(member));
  QUARTZ_ASSIGN(const auto old, set.score(member));
  if (old && condition.only_new) return std::optional<double>();
  const double score = old ? *old + by : by;
  if (std::isnan(score)) {
    return Error(Errc::invalid_argument, "resulting score is not a number (NaN)");
  }
  if (!admits(condition, old, score)) return std::optional<double>();
  if (!old || *old != score) {
    QUARTZ_TRY(set.put(member, old, score));
    QUARTZ_TRY(set.save("zincr"));
  }
  return std::optional(score);
}

Result<std::uint64_t> remove(DatabaseView& view, std::string_view key,
                             std::span<const std::string_view> members) {
  QUARTZ_ASSIGN(SortedSet set, SortedSet::open(view, key));
  std::uint64_t removed = 0;
  for (const std::string_view member : members) {
    QUARTZ_ASSIGN(const auto score, set.score(member));
    if (!score) continue;
    set.remove(member, *score);
    ++removed;
  }
  QUARTZ_TRY(set.save("zrem"));
  return removed;
}

Result<std::uint64_t> count(DatabaseView& view, std::string_view key) {
  QUARTZ_ASSIGN(const SortedSet set, SortedSet::open(view, key, SortedSet::Look::independent));
  return set.count();
}

Result<std::vector<std::optional<double>>> scores(DatabaseView& view, std::string_view key,
                                                  std::span<const std::string_view> members) {
  const auto look = members.size() == 1 ? SortedSet::Look::independent : SortedSet::Look::depending;
  QUARTZ_ASSIGN(SortedSet set, SortedSet::open(view, key, look));
  std::vector<std::optional<double>> found;
  for (const std::string_view member : members) {
    QUARTZ_ASSIGN(const auto score, set.score(member));
    found.push_back(score);
  }
  return found;
}

Result<std::vector<ScoredMember>> pop(DatabaseView& view, std::string_view key, End end,
                                      std::uint64_t count) {
  QUARTZ_ASSIGN(SortedSet set, SortedSet::open(view, key));
  std::vector<ScoredMember> popped;
  const bool lowest = end == End::lowest;
  MemberCursor cursor =
      set.in_order(lowest ? SortedSet::Order::forward : SortedSet::Order::reverse);
  for (; cursor.valid() && popped.size() < count; cursor.next()) {
    popped.push_back({std::string(cursor.member()), cursor.score()});
  }
  QUARTZ_TRY(cursor.end());
  for (const ScoredMember& one : popped) set.remove(one.member, one.score);
  QUARTZ_TRY(set.save(lowest ? "zpopmin" : "zpopmax"));
  return popped;
}

Result<std::vector<ScoredMember>> random(DatabaseView& view, std::string_view key,
                                         std::uint64_t count, bool repeated) {
  QUARTZ_ASSIGN(SortedSet set, SortedSet::open(view, key));
  std::vector<ScoredMember> chosen;
  if (set.count() == 0 || count == 0) return chosen;
  const auto positions = random_positions(set.count(), count, repeated);
  MemberCursor cursor = set.in_order();
  std::uint64_t position = 0;
  for (const std::uint64_t wanted : positions) {
    for (; cursor.valid() && position < wanted; ++position) cursor.next();
    if (!cursor.valid()) break;
    chosen.push_back({std::string(cursor.member()), cursor.score()});
  }
  QUARTZ_TRY(cursor.end());
  std::ranges::shuffle(chosen, std::mt19937_64(std::random_device{}()));
  return chosen;
}

Result<MemberPage> scan(DatabaseView& view, std::string_view key, std::string_view from,
                        std::size_t count, std::optional<std::string_view> pattern) {
  QUARTZ_ASSIGN(SortedSet set, SortedSet::open(view, key));
  MemberPage page;
  // A place has a byte in front of the member, since an empty one is the beginning.
  MemberCursor cursor = set.from(from.empty() ? from : from.substr(1));
  for (std::size_t seen = 0; cursor.valid() && seen < count; ++seen, cursor.next()) {
    if (pattern && !protocol::matches_glob(*pattern, cursor.member())) continue;
    page.members.push_back({std::string(cursor.member()), cursor.score()});
  }
  if (cursor.valid()) page.next = ">" + std::string(cursor.member());
  QUARTZ_TRY(cursor.end());
  return page;
}

}  // namespace quartz::server::sorted_sets
