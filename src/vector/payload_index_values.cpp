#include "vector/payload_index_values.hpp"

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <string>
#include <unordered_map>
#include <utility>

#include "base/check.hpp"
#include "base/hash.hpp"
#include "vector/filter_leaf.hpp"
#include "vector/ordered_postings.hpp"

namespace quartz::vector {
namespace {

using Asked = ValueQuestion::Kind;

// Calls `use(before, not_past)` with the two questions by which OrderedPostings knows a range: here
// that of the values which are related to `value`, by an order among `Key` and its type.
template <class Value, class Use>
auto with_range(Asked asked, const Value& value, Use use) {
  const auto always = [](const auto&) { return true; };
  const auto never = [](const auto&) { return false; };
  const auto less = [&](const auto& key) { return key < value; };
  const auto not_greater = [&](const auto& key) { return !(value < key); };
  switch (asked) {
    case Asked::less:
      return use(never, less);
    case Asked::less_or_equal:
      return use(never, not_greater);
    case Asked::greater:
      return use(not_greater, always);
    case Asked::greater_or_equal:
      return use(less, always);
    case Asked::equal:
    case Asked::prefix:
      break;
  }
  return use(less, not_greater);
}

// The same, also for prefixes.
template <class Use>
auto with_text_range(const ValueQuestion& question, Use use) {
  const std::string_view text = question.value.text;
  if (question.kind != Asked::prefix) return with_range(question.kind, text, use);
  // Texts with a prefix stand together, behind those that are less than it.
  return use([text](const auto& key) { return key < text; },
             [text](const auto& key) { return key < text || key.starts_with(text); });
}

protocol::Number exact(protocol::Number key) noexcept { return key; }
protocol::Number exact(std::int64_t key) noexcept { return protocol::Number::of(key); }

// The same for numbers, where keys are compared as what they are exactly.
template <class Use>
auto with_number_range(const ValueQuestion& question, Use use) {
  return with_range(question.kind, question.value.number, [&](auto before, auto not_past) {
    return use([=](const auto& key) { return before(exact(key)); },
               [=](const auto& key) { return not_past(exact(key)); });
  });
}

// Texts by their hash.
class KeywordValues final : public PayloadIndexValues {
 public:
  PayloadValue::Kind type() const noexcept override { return PayloadValue::Kind::text; }
  bool holds(const PayloadValue&) const noexcept override { return true; }

  bool add(const PayloadValue& value, Slot slot) override {
    auto found = slots_.find(value.text);
    if (found == slots_.end()) found = slots_.try_emplace(std::string(value.text)).first;
    return found->second.add(slot);
  }
  bool remove(const PayloadValue& value, Slot slot) override {
    const auto found = slots_.find(value.text);
    if (found == slots_.end() || !found->second.remove(slot)) return false;
    if (found->second.empty()) slots_.erase(found);
    return true;
  }
  std::optional<std::uint64_t> count(const ValueQuestion& question) const override {
    if (question.kind != Asked::equal) return std::nullopt;
    const auto found = slots_.find(question.value.text);
    return found == slots_.end() ? 0 : found->second.count();
  }
  bool collect(const ValueQuestion& question, SlotUnion& all) const override {
    if (question.kind != Asked::equal) return false;
    const auto found = slots_.find(question.value.text);
    if (found != slots_.end()) found->second.add_to(all);
    return true;
  }
  std::size_t bytes() const noexcept override {
    // A node has its hash and a link beside what it holds.
    std::size_t total = slots_.bucket_count() * sizeof(void*);
    for (const auto& [text, slots] : slots_) {
      total += sizeof(std::string) + sizeof(SlotPostings) + 2 * sizeof(void*) + slots.bytes();
      total += text.capacity() > std::string().capacity() ? text.capacity() : 0;
    }
    return total;
  }

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return hash_key(text, 0); }
  };
  std::unordered_map<std::string, SlotPostings, Hash, std::equal_to<>> slots_;
};

// Texts in their order.
class TextValues final : public PayloadIndexValues {
 public:
  PayloadValue::Kind type() const noexcept override { return PayloadValue::Kind::text; }
  bool holds(const PayloadValue&) const noexcept override { return true; }

  bool add(const PayloadValue& value, Slot slot) override { return slots_.add(value.text, slot); }
  bool remove(const PayloadValue& value, Slot slot) override {
    return slots_.remove(value.text, slot);
  }
  std::optional<std::uint64_t> count(const ValueQuestion& question) const override {
    return with_text_range(
        question, [&](auto before, auto not_past) { return slots_.count(before, not_past); });
  }
  bool collect(const ValueQuestion& question, SlotUnion& all) const override {
    with_text_range(question,
                    [&](auto before, auto not_past) { slots_.collect(before, not_past, all); });
    return true;
  }
  std::size_t bytes() const noexcept override { return slots_.bytes(); }

 private:
  OrderedPostings<std::string> slots_;
};

// Numbers in their order. As integers they take half the memory, but then not all can be held.
template <class Key>
class NumberValues final : public PayloadIndexValues {
 public:
  PayloadValue::Kind type() const noexcept override { return PayloadValue::Kind::number; }
  bool holds(const PayloadValue& value) const noexcept override {
    return key_of(value.number).has_value();
  }

  bool add(const PayloadValue& value, Slot slot) override {
    return slots_.add(*key_of(value.number), slot);
  }
  bool remove(const PayloadValue& value, Slot slot) override {
    return slots_.remove(*key_of(value.number), slot);
  }
  std::optional<std::uint64_t> count(const ValueQuestion& question) const override {
    return with_number_range(
        question, [&](auto before, auto not_past) { return slots_.count(before, not_past); });
  }
  bool collect(const ValueQuestion& question, SlotUnion& all) const override {
    with_number_range(question,
                      [&](auto before, auto not_past) { slots_.collect(before, not_past, all); });
    return true;
  }
  std::size_t bytes() const noexcept override { return slots_.bytes(); }

 private:
  static std::optional<Key> key_of(const protocol::Number& number) noexcept {
    if constexpr (std::is_same_v<Key, std::int64_t>) {
      return protocol::to_int64(number);
    } else {
      return number;
    }
  }
  OrderedPostings<Key> slots_;
};

class TruthValues final : public PayloadIndexValues {
 public:
  PayloadValue::Kind type() const noexcept override { return PayloadValue::Kind::boolean; }
  bool holds(const PayloadValue&) const noexcept override { return true; }

  bool add(const PayloadValue& value, Slot slot) override { return slots_of(value).add(slot); }
  bool remove(const PayloadValue& value, Slot slot) override {
    return slots_of(value).remove(slot);
  }
  std::optional<std::uint64_t> count(const ValueQuestion& question) const override {
    return slots_[question.value.truth ? 1 : 0].count();
  }
  bool collect(const ValueQuestion& question, SlotUnion& all) const override {
    slots_[question.value.truth ? 1 : 0].add_to(all);
    return true;
  }
  std::size_t bytes() const noexcept override { return slots_[0].bytes() + slots_[1].bytes(); }

 private:
  SlotPostings& slots_of(const PayloadValue& value) { return slots_[value.truth ? 1 : 0]; }

  std::array<SlotPostings, 2> slots_;
};

}  // namespace

ValueQuestion ValueQuestion::relation(FilterRelation relation, const FilterValue& value) noexcept {
  PayloadValue asked;
  asked.kind = kind_of(value);
  if (value.is_number()) asked.number = number_of(value);
  if (const auto* text = std::get_if<std::string>(&value.variant())) asked.text = *text;
  if (const auto* truth = std::get_if<bool>(&value.variant())) asked.truth = *truth;
  switch (relation) {
    case FilterRelation::less:
      return {Kind::less, asked};
    case FilterRelation::less_or_equal:
      return {Kind::less_or_equal, asked};
    case FilterRelation::greater:
      return {Kind::greater, asked};
    case FilterRelation::greater_or_equal:
      return {Kind::greater_or_equal, asked};
    case FilterRelation::equal:
    case FilterRelation::not_equal:
      break;
  }
  return {Kind::equal, asked};
}

ValueQuestion ValueQuestion::prefix(std::string_view prefix) noexcept {
  return {Kind::prefix, PayloadValue::of_text(prefix)};
}

std::unique_ptr<PayloadIndexValues> PayloadIndexValues::make(PayloadIndexKind kind) {
  switch (kind) {
    case PayloadIndexKind::keyword:
      return std::make_unique<KeywordValues>();
    case PayloadIndexKind::prefix:
      return std::make_unique<TextValues>();
    case PayloadIndexKind::integer:
      return std::make_unique<NumberValues<std::int64_t>>();
    case PayloadIndexKind::floating:
      return std::make_unique<NumberValues<protocol::Number>>();
    case PayloadIndexKind::boolean:
      break;
  }
  QUARTZ_CHECK(kind == PayloadIndexKind::boolean);
  return std::make_unique<TruthValues>();
}

}  // namespace quartz::vector
