#include "vector/filter_evaluator.hpp"

#include <algorithm>
#include <array>
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
    append({.kind = Kind::constant, .value = filter.value});
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
    const std::uint32_t field = into_.fields_.add(filter.path);
    append({.kind = Kind::found, .place = field, .root = into_.fields_.root_of(field)});
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
  void operator()(const protocol::InvalidFilter&) { append({.kind = Kind::constant}); }

 private:
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
    append({.kind = kind});
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
    const std::uint32_t root = path.is_id() ? kId : into_.fields_.root_of(field);
    append({.kind = Kind::leaf, .place = static_cast<std::uint32_t>(leaves_.size()), .root = root});
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

// What is known about one point so far: a bit for each leaf that is accepted, behind them one for
// each field that was found, and one for each root that is complete.
class FilterEvaluator::Findings {
 public:
  explicit Findings(const FilterEvaluator& evaluator)
      : evaluator_(evaluator),
        fields_at_(evaluator.leaves_.size()),
        roots_at_(fields_at_ + evaluator.fields_.count()) {
    const std::size_t words = (roots_at_ + evaluator.fields_.root_count()) / 64 + 1;
    if (words > kWordsWithin) {
      beyond_.resize(words);
      bits_ = beyond_.data();
    } else {
      std::fill_n(bits_, words, 0);
    }
  }
  Findings(const Findings&) = delete;
  Findings& operator=(const Findings&) = delete;

  void found(std::uint32_t field) noexcept { set(fields_at_ + field); }
  void value(std::uint32_t field, const PayloadValue& value) noexcept {
    ask(evaluator_.leaves_of_field_[field], value);
  }
  // True if that decides. The last root always does, and is not worth a look.
  bool complete(std::uint32_t root) noexcept {
    set(roots_at_ + root);
    return ++complete_count_ < evaluator_.fields_.root_count() &&
           evaluator_.truth(0, *this) != Truth::open;
  }
  // What is certain before the payload is read.
  Truth ask_about_id(std::string_view id) noexcept {
    const LeafRange leaves = evaluator_.leaves_of_field_.back();
    if (leaves.begin == leaves.end) return Truth::open;
    ask(leaves, PayloadValue::of_text(id));
    return evaluator_.truth(0, *this);
  }
  void end() noexcept { ended_ = true; }

  Truth accepted(const Step& leaf) const noexcept { return known(get(leaf.place), leaf.root); }
  Truth found(const Step& step) const noexcept {
    return known(get(fields_at_ + step.place), step.root);
  }

 private:
  static constexpr std::size_t kWordsWithin = 16;

  void ask(LeafRange leaves, const PayloadValue& value) noexcept {
    for (std::uint32_t leaf = leaves.begin; leaf != leaves.end; ++leaf) {
      if (evaluator_.leaves_[leaf].accepts(value)) set(leaf);
    }
  }
  // Nothing takes back what has been found. What has not may come until its root is complete.
  Truth known(bool yes, std::uint32_t root) const noexcept {
    if (yes) return Truth::yes;
    return ended_ || root == kId || get(roots_at_ + root) ? Truth::no : Truth::open;
  }
  void set(std::size_t bit) noexcept { bits_[bit / 64] |= std::uint64_t{1} << (bit % 64); }
  bool get(std::size_t bit) const noexcept { return (bits_[bit / 64] >> (bit % 64) & 1) != 0; }

  const FilterEvaluator& evaluator_;
  std::size_t fields_at_;
  std::size_t roots_at_;
  std::uint32_t complete_count_ = 0;
  bool ended_ = false;
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
  const Truth early = findings.ask_about_id(id);
  if (early != Truth::open) return early == Truth::yes;
  if (!fields_.walk(payload, findings)) return false;
  findings.end();
  return truth(0, findings) == Truth::yes;
}

FilterEvaluator::Truth FilterEvaluator::truth(std::uint32_t at,
                                              const Findings& findings) const noexcept {
  const Step& step = steps_[at];
  switch (step.kind) {
    case Kind::constant:
      return step.value ? Truth::yes : Truth::no;
    case Kind::leaf:
      return findings.accepted(step);
    case Kind::found:
      return findings.found(step);
    case Kind::negation: {
      const Truth negated = truth(at + 1, findings);
      if (negated == Truth::open) return Truth::open;
      return negated == Truth::yes ? Truth::no : Truth::yes;
    }
    case Kind::conjunction:
      return combined(at, findings, Truth::no);
    case Kind::disjunction:
      return combined(at, findings, Truth::yes);
  }
  return Truth::no;
}

FilterEvaluator::Truth FilterEvaluator::combined(std::uint32_t at, const Findings& findings,
                                                 Truth decisive) const noexcept {
  Truth result = decisive == Truth::no ? Truth::yes : Truth::no;
  for (std::uint32_t below = at + 1; below != steps_[at].end; below = steps_[below].end) {
    const Truth one = truth(below, findings);
    if (one == decisive) return decisive;
    if (one == Truth::open) result = Truth::open;
  }
  return result;
}

}  // namespace quartz::vector
