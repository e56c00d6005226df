#include "server/service/sorted_set_algebra.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/try.hpp"

namespace quartz::server::sorted_sets {
namespace {

using Members = std::vector<ScoredMember>;

/// One side of an operation, whichever of the two kinds it is.
class Source {
 public:
  static Result<Source> open(DatabaseView& view, const Operand& operand) {
    QUARTZ_ASSIGN(const auto row, view.find(operand.key));
    if (row && row->kind() == RowKind::set) {
      QUARTZ_ASSIGN(const auto head, CollectionHead::decode(RowKind::set, row->value, operand.key));
      return Source(view, operand.weight, std::nullopt, head);
    }
    QUARTZ_ASSIGN(const SortedSet set, SortedSet::open(view, operand.key));
    return Source(view, operand.weight, set, std::nullopt);
  }

  double weight() const noexcept { return weight_; }
  std::uint64_t count() const noexcept { return plain_ ? plain_->count : scored_->count(); }

  Result<std::optional<double>> score(std::string_view member) {
    if (!plain_) return scored_->score(member);
    QUARTZ_ASSIGN(const auto row, view_->find_element(*plain_, member));
    return row ? std::optional(1.0) : std::nullopt;
  }

  /// Calls `visit(member, score)`, which answers Result<bool>: false to stop.
  template <class Visit>
  Result<void> each(Visit&& visit) {
    return plain_ ? each_plain(visit) : each_scored(visit);
  }

 private:
  Source(DatabaseView& view, double weight, std::optional<SortedSet> scored,
         std::optional<CollectionHead> plain) noexcept
      : view_(&view), weight_(weight), scored_(scored), plain_(plain) {}

  template <class Visit>
  Result<void> each_plain(Visit& visit) {
    RowCursor cursor = view_->elements(*plain_);
    for (; cursor.valid(); cursor.next()) {
      QUARTZ_ASSIGN(const bool more,
                    visit(cursor.key().substr(DatabaseView::kElementPrefixBytes), 1.0));
      if (!more) return {};
    }
    if (cursor.error()) return *cursor.error();
    return {};
  }

  template <class Visit>
  Result<void> each_scored(Visit& visit) {
    MemberCursor cursor = scored_->in_order();
    for (; cursor.valid(); cursor.next()) {
      QUARTZ_ASSIGN(const bool more, visit(cursor.member(), cursor.score()));
      if (!more) return {};
    }
    return cursor.end();
  }

  DatabaseView* view_;
  double weight_;
  std::optional<SortedSet> scored_;
  std::optional<CollectionHead> plain_;
};

Result<std::vector<Source>> open_all(DatabaseView& view, std::span<const Operand> operands) {
  std::vector<Source> sources;
  for (const Operand& operand : operands) {
    QUARTZ_ASSIGN(const Source source, Source::open(view, operand));
    sources.push_back(source);
  }
  return sources;
}

// The smallest first: it bounds what an intersection costs, and decides in which order scores are
// added, on which their last digits depend.
Result<std::vector<Source>> open_by_size(DatabaseView& view, std::span<const Operand> operands) {
  std::vector<Source> sources;
  for (const Operand& operand : operands) {
    QUARTZ_ASSIGN(const Source source, Source::open(view, operand));
    sources.insert(std::ranges::upper_bound(sources, source.count(), {}, &Source::count), source);
  }
  return sources;
}

double weighted(double score, double weight) noexcept {
  const double product = score * weight;
  return std::isnan(product) ? 0 : product;
}

double combined(double a, double b, Aggregate aggregate) noexcept {
  if (aggregate == Aggregate::min) return b < a ? b : a;
  if (aggregate == Aggregate::max) return b > a ? b : a;
  const double sum = a + b;
  return std::isnan(sum) ? 0 : sum;
}

void sort(Members& members) {
  std::ranges::sort(members, [](const ScoredMember& a, const ScoredMember& b) {
    return a.score != b.score ? a.score < b.score : a.member < b.member;
  });
}

/// The score of a member in the rest of the sources, added to `score`; nothing if one lacks it.
Result<std::optional<double>> score_in_all(std::span<Source> sources, std::string_view member,
                                           double score, Aggregate aggregate) {
  for (Source& source : sources) {
    QUARTZ_ASSIGN(const auto other, source.score(member));
    if (!other) return std::optional<double>();
    score = combined(score, *other * source.weight(), aggregate);
  }
  return std::optional(score);
}

Result<bool> any_has(std::span<Source> sources, std::string_view member) {
  for (Source& source : sources) {
    QUARTZ_ASSIGN(const auto score, source.score(member));
    if (score) return true;
  }
  return false;
}

}  // namespace

Result<Members> unite(DatabaseView& view, std::span<const Operand> operands, Aggregate aggregate) {
  QUARTZ_ASSIGN(std::vector<Source> sources, open_by_size(view, operands));
  std::unordered_map<std::string, double> scores;
  for (Source& source : sources) {
    QUARTZ_TRY(source.each([&](std::string_view member, double score) -> Result<bool> {
      const double own = weighted(score, source.weight());
      const auto [found, fresh] = scores.emplace(member, own);
      if (!fresh) found->second = combined(found->second, own, aggregate);
      return true;
    }));
  }
  Members members;
  members.reserve(scores.size());
  for (const auto& [member, score] : scores) members.push_back({member, score});
  sort(members);
  return members;
}

Result<Members> intersect(DatabaseView& view, std::span<const Operand> operands,
                          Aggregate aggregate, std::uint64_t limit) {
  QUARTZ_ASSIGN(std::vector<Source> sources, open_by_size(view, operands));
  const auto others = std::span(sources).subspan(1);
  Members members;
  QUARTZ_TRY(sources[0].each([&](std::string_view member, double score) -> Result<bool> {
    QUARTZ_ASSIGN(const auto total,
                  score_in_all(others, member, weighted(score, sources[0].weight()), aggregate));
    if (total) members.push_back({std::string(member), *total});
    return limit == 0 || members.size() < limit;
  }));
  sort(members);
  return members;
}

Result<Members> subtract(DatabaseView& view, std::span<const Operand> operands) {
  QUARTZ_ASSIGN(std::vector<Source> sources, open_all(view, operands));
  const auto others = std::span(sources).subspan(1);
  Members members;
  QUARTZ_TRY(sources[0].each([&](std::string_view member, double score) -> Result<bool> {
    QUARTZ_ASSIGN(const bool elsewhere, any_has(others, member));
    if (!elsewhere) members.push_back({std::string(member), score});
    return true;
  }));
  sort(members);
  return members;
}

Result<void> store(DatabaseView& view, std::string_view key, std::span<const ScoredMember> members,
                   std::string_view event) {
  QUARTZ_ASSIGN(SortedSet set, SortedSet::replace(view, key));
  for (const ScoredMember& one : members) {
    QUARTZ_TRY(set.put(one.member, std::nullopt, one.score));
  }
  return set.save(event);
}

}  // namespace quartz::server::sorted_sets
