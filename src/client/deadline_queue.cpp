#include "client/deadline_queue.hpp"

namespace quartz::client {

void DeadlineQueue::put(Entry& entry, std::size_t place) noexcept {
  entries_[place] = &entry;
  entry.place_ = place;
}

void DeadlineQueue::rise(Entry& entry, std::size_t place) noexcept {
  while (place != 0) {
    const std::size_t parent = (place - 1) / 2;
    if (entries_[parent]->at_ <= entry.at_) break;
    put(*entries_[parent], place);
    place = parent;
  }
  put(entry, place);
}

void DeadlineQueue::sink(Entry& entry, std::size_t place) noexcept {
  while (true) {
    std::size_t child = 2 * place + 1;
    if (child >= entries_.size()) break;
    if (child + 1 < entries_.size() && entries_[child + 1]->at_ < entries_[child]->at_) ++child;
    if (entry.at_ <= entries_[child]->at_) break;
    put(*entries_[child], place);
    place = child;
  }
  put(entry, place);
}

void DeadlineQueue::add(Entry& entry, Clock::time_point at) {
  remove(entry);
  entries_.push_back(&entry);
  entry.at_ = at;
  rise(entry, entries_.size() - 1);
}

void DeadlineQueue::remove(Entry& entry) noexcept {
  if (!entry.queued()) return;
  const std::size_t place = entry.place_;
  Entry& last = *entries_.back();
  entries_.pop_back();
  entry.place_ = Entry::kNowhere;
  if (&last == &entry) return;
  if (place != 0 && last.at_ < entries_[(place - 1) / 2]->at_) {
    rise(last, place);
  } else {
    sink(last, place);
  }
}

void DeadlineQueue::clear() noexcept {
  for (Entry* const entry : entries_) entry->place_ = Entry::kNowhere;
  entries_.clear();
}

std::optional<DeadlineQueue::Clock::time_point> DeadlineQueue::earliest() const noexcept {
  if (entries_.empty()) return std::nullopt;
  return entries_.front()->at_;
}

DeadlineQueue::Entry* DeadlineQueue::take_due(Clock::time_point now) noexcept {
  if (entries_.empty() || entries_.front()->at_ > now) return nullptr;
  Entry* const first = entries_.front();
  remove(*first);
  return first;
}

}  // namespace quartz::client
