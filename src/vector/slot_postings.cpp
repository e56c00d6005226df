#include "vector/slot_postings.hpp"

#include <algorithm>
#include <utility>

namespace quartz::vector {

SlotBitmap SlotUnion::take() {
  // Where there are bits, another one costs next to nothing.
  const auto far = std::ranges::partition(loose_, [&](Slot slot) {
    if (slot / 64 >= bits_.size()) return false;
    bits_[slot / 64] |= std::uint64_t{1} << (slot % 64);
    return true;
  });
  SlotBitmap all = SlotBitmap::of_bits(std::exchange(bits_, {}));
  all |= std::exchange(whole_, {});
  all |= SlotBitmap::of({far.begin(), far.end()});
  loose_.clear();
  return all;
}

SlotPostings::SlotPostings(SlotPostings&& other) noexcept : SlotPostings() {
  *this = std::move(other);
}

SlotPostings& SlotPostings::operator=(SlotPostings&& other) noexcept {
  if (this == &other) return *this;
  clear();
  switch (other.form_) {
    case Form::one:
      slot_ = other.slot_;
      break;
    case Form::few:
      few_ = other.few_;
      break;
    case Form::many:
      many_ = other.many_;
      break;
  }
  form_ = std::exchange(other.form_, Form::one);
  count_ = std::exchange(other.count_, 0);
  capacity_ = std::exchange(other.capacity_, std::uint8_t{0});
  return *this;
}

void SlotPostings::clear() noexcept {
  if (form_ == Form::few) delete[] few_;
  if (form_ == Form::many) delete many_;
  form_ = Form::one;
  count_ = 0;
  capacity_ = 0;
}

bool SlotPostings::add(Slot slot) {
  switch (form_) {
    case Form::one:
      if (count_ == 1 && slot_ == slot) return false;
      if (count_ == 1) {
        become_few({std::min(slot_, slot), std::max(slot_, slot)}, kFewMin);
        return true;
      }
      slot_ = slot;
      count_ = 1;
      return true;
    case Form::few:
      return add_to_few(slot);
    case Form::many:
      if (!many_->add(slot)) return false;
      ++count_;
      return true;
  }
  return false;
}

bool SlotPostings::add_to_few(Slot slot) {
  Slot* const end = few_ + count_;
  Slot* const at = std::lower_bound(few_, end, slot);
  if (at != end && *at == slot) return false;
  if (count_ == kFewMax) {
    become_many();
    return add(slot);
  }
  if (count_ == capacity_) {
    become_few(slots(), 2 * count_);
    return add_to_few(slot);
  }
  std::copy_backward(at, end, end + 1);
  *at = slot;
  ++count_;
  return true;
}

bool SlotPostings::remove(Slot slot) {
  switch (form_) {
    case Form::one:
      if (count_ == 0 || slot_ != slot) return false;
      count_ = 0;
      return true;
    case Form::few:
      return remove_from_few(slot);
    case Form::many:
      if (!many_->remove(slot)) return false;
      if (--count_ <= kFewMax / 2) become_few(slots(), kFewMax);
      return true;
  }
  return false;
}

bool SlotPostings::remove_from_few(Slot slot) {
  Slot* const end = few_ + count_;
  Slot* const at = std::lower_bound(few_, end, slot);
  if (at == end || *at != slot) return false;
  std::copy(at + 1, end, at);
  if (--count_ == 1) {
    const Slot last = few_[0];
    clear();
    return add(last);
  }
  return true;
}

void SlotPostings::add_to(SlotUnion& all) const {
  if (form_ == Form::many) return all.add(*many_);
  if (form_ == Form::one) {
    if (count_ == 1) all.add(slot_);
    return;
  }
  for (const Slot* at = few_; at != few_ + count_; ++at) all.add(*at);
}

std::size_t SlotPostings::bytes() const noexcept {
  if (form_ == Form::many) return sizeof(SlotBitmap) + many_->bytes();
  return capacity_ * sizeof(Slot);
}

std::vector<Slot> SlotPostings::slots() const {
  if (form_ == Form::many) return many_->to_vector();
  return {few_, few_ + count_};
}

void SlotPostings::become_few(const std::vector<Slot>& slots, std::uint32_t capacity) {
  auto* const few = new Slot[capacity];
  std::ranges::copy(slots, few);
  clear();
  form_ = Form::few;
  few_ = few;
  count_ = static_cast<std::uint32_t>(slots.size());
  capacity_ = static_cast<std::uint8_t>(capacity);
}

void SlotPostings::become_many() {
  auto* const many = new SlotBitmap(SlotBitmap::of(slots()));
  const std::uint32_t count = count_;
  clear();
  form_ = Form::many;
  many_ = many;
  count_ = count;
}

}  // namespace quartz::vector
