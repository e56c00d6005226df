#include "vector/filter_evaluator.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <variant>

#include "base/try.hpp"

namespace quartz::vector {

using protocol::FilterNode;
using protocol::FilterPath;

// Writes the steps of a tree; its depth is bounded, so that recursion is.
class FilterEvaluator::Compiler {
 public:
  explicit Compiler(FilterEvaluator& into) : into_(into) {}

  void compile(const protocol::FilterExpression& filter) {
    below(filter);
    place_leaves();
  }

  void operator()(const protocol::ConstantFilter& filter) {
    append({Kind::constant, filter.value, 0, 0});
  }
  void operator()(const protocol::ComparisonFilter& filter) {
    if (filter.relation == FilterRelation::not_equal) {
      auto equal = filter;
      equal.relation = FilterRelation::equal;
      return compound(Kind::negation, [&] { (*this)(equal); });
    }
    leaf_or_missing(filter.path, FilterLeaf::comparison(filter.relation, filter.value),
                    filter.value.is_null());
  }
  void operator()(const protocol::MembershipFilter& filter) {
    leaf_or_missing(filter.path, FilterLeaf::membership(filter.values),
                    std::ranges::any_of(filter.values, &FilterValue::is_null));
  }
  void operator()(const protocol::ExistenceFilter& filter) {
    append({Kind::found, false, into_.fields_.add(filter.path), 0});
  }
  void operator()(const protocol::PrefixFilter& filter) {
    leaf(filter.path, FilterLeaf::prefix(filter.prefix));
  }
  void operator()(const protocol::ConjunctionFilter& filter) {
    compound(Kind::conjunction, [&] { below(filter.operands); });
  }
  void operator()(const protocol::DisjunctionFilter& filter) {
    compound(Kind::disjunction, [&] { below(filter.operands); });
  }
  void operator()(const protocol::NegationFilter& filter) {
    compound(Kind::negation, [&] { below(*filter.operand); });
  }
  // Stands for a whole tree only, which has been refused.
  void operator()(const protocol::InvalidFilter&) { append({Kind::constant, false, 0, 0}); }

 private:
  static constexpr std::uint32_t kId = std::numeric_limits<std::uint32_t>::max();

  struct LeafOfField {
    std::uint32_t field;
    FilterLeaf leaf;
  };

  void below(const protocol::FilterExpression& filter) { std::visit(*this, filter.form); }
  void below(const std::vector<FilterNode>& operands) {
    for (const FilterNode& operand : operands) below(*operand);
  }

  void append(Step step) {
    into_.steps_.push_back(step);
    into_.steps_.back().end = static_cast<std::uint32_t>(into_.steps_.size());
  }

  // A step and those below it, which `append_below` appends.
  template <class AppendBelow>
  void compound(Kind kind, AppendBelow append_below) {
    const std::size_t at = into_.steps_.size();
    append({kind, false, 0, 0});
    append_below();
    into_.steps_[at].end = static_cast<std::uint32_t>(into_.steps_.size());
  }

  // What null satisfies, a field that is missing satisfies as well.
  void leaf_or_missing(const FilterPath& path, FilterLeaf leaf, bool accepts_null) {
    if (!accepts_null) return this->leaf(path, std::move(leaf));
    compound(Kind::disjunction, [&] {
      this->leaf(path, std::move(leaf));
      compound(Kind::negation, [&] { (*this)(protocol::ExistenceFilter{path}); });
    });
  }

  void leaf(const FilterPath& path, FilterLeaf leaf) {
    const std::uint32_t field = path.is_id() ? kId : into_.fields_.add(path);
    append({Kind::leaf, false, static_cast<std::uint32_t>(leaves_.size()), 0});
    leaves_.push_back({field, std::move(leaf)});
  }

  // Puts the leaves into the order of their fields, the id last, and tells the steps.
  void place_leaves() {
    std::vector<std::uint32_t> order(leaves_.size());
    for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
    std::ranges::sort(order, {}, [&](std::uint32_t i) { return leaves_[i].field; });
    std::vector<std::uint32_t> place(leaves_.size());
    into_.leaves_of_field_.resize(into_.fields_.count() + 1);
    for (std::uint32_t i = 0; i < order.size(); ++i) {
      place[order[i]] = i;
      LeafOfField& leaf = leaves_[order[i]];
      LeafRange& range =
          leaf.field == kId ? into_.leaves_of_field_.back() : into_.leaves_of_field_[leaf.field];
      if (range.begin == range.end) range.begin = i;
      range.end = i + 1;
      into_.leaves_.push_back(std::move(leaf.leaf));
    }
    for (Step& step : into_.steps_) {
      if (step.kind == Kind::leaf) step.place = place[step.place];
    }
  }

  FilterEvaluator& into_;
  std::vector<LeafOfField> leaves_;
};

// What is known about one point: a bit for each leaf, and behind them one for each field.
class FilterEvaluator::Findings {
 public:
  explicit Findings(const FilterEvaluator& evaluator)
      : evaluator_(evaluator), leaf_count_(evaluator.leaves_.size()) {
    const std::size_t words = (leaf_count_ + evaluator.fields_.count()) / 64 + 1;
    if (words > kWordsWithin) {
      beyond_.resize(words);
      bits_ = beyond_.data();
    } else {
      std::fill_n(bits_, words, 0);
    }
  }
  Findings(const Findings&) = delete;
  Findings& operator=(const Findings&) = delete;

  void found(std::uint32_t field) noexcept { set(leaf_count_ + field); }
  void value(std::uint32_t field, const PayloadValue& value) noexcept {
    ask(evaluator_.leaves_of_field_[field], value);
  }
  void ask_about_id(std::string_view id) noexcept {
    ask(evaluator_.leaves_of_field_.back(), PayloadValue::of_text(id));
  }

  bool is_found(std::uint32_t field) const noexcept { return get(leaf_count_ + field); }
  bool accepted(std::uint32_t leaf) const noexcept { return get(leaf); }

 private:
  static constexpr std::size_t kWordsWithin = 16;

  void ask(LeafRange leaves, const PayloadValue& value) noexcept {
    for (std::uint32_t leaf = leaves.begin; leaf != leaves.end; ++leaf) {
      if (evaluator_.leaves_[leaf].accepts(value)) set(leaf);
    }
  }
  void set(std::size_t bit) noexcept { bits_[bit / 64] |= std::uint64_t{1} << (bit % 64); }
  bool get(std::size_t bit) const noexcept { return (bits_[bit / 64] >> (bit % 64) & 1) != 0; }

  const FilterEvaluator& evaluator_;
  std::size_t leaf_count_;
  std::array<std::uint64_t, kWordsWithin> within_;  // Set to zero as far as it is used.
  std::vector<std::uint64_t> beyond_;
  std::uint64_t* bits_ = within_.data();
};

Result<FilterEvaluator> FilterEvaluator::compile(const Filter& filter) {
  QUARTZ_TRY(filter.validate());
  FilterEvaluator evaluator;
  Compiler(evaluator).compile(*filter.expression());
  return evaluator;
}

bool FilterEvaluator::matches(std::string_view id, std::string_view payload) const {
  Findings findings(*this);
  findings.ask_about_id(id);
  return fields_.walk(payload, findings) && holds(0, findings);
}

bool FilterEvaluator::holds(std::uint32_t at, const Findings& findings) const noexcept {
  const Step& step = steps_[at];
  switch (step.kind) {
    case Kind::constant:
      return step.value;
    case Kind::leaf:
      return findings.accepted(step.place);
    case Kind::found:
      return findings.is_found(step.place);
    case Kind::negation:
      return !holds(at + 1, findings);
    case Kind::conjunction:
      for (std::uint32_t below = at + 1; below != step.end; below = steps_[below].end) {
        if (!holds(below, findings)) return false;
      }
      return true;
    case Kind::disjunction:
      for (std::uint32_t below = at + 1; below != step.end; below = steps_[below].end) {
        if (holds(below, findings)) return true;
      }
      return false;
  }
  return false;
}

}  // namespace quartz::vector
