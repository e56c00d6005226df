#include "server/service/row_cursor.hpp"

#include <algorithm>

namespace quartz::server {

RowCursor::RowCursor(const Transaction& transaction, const Keyspace& keyspace,
                     std::string_view first, std::string_view last, Order order)
    : order_(order),
      covered_(transaction.writes().covers(keyspace)),
      below_(transaction.engine().cursor({.lower_bound = first,
                                          .upper_bound = last,
                                          .snapshot = transaction.snapshot(),
                                          .keyspace = &keyspace})),
      now_(transaction.now()) {
  const auto writes = transaction.writes().within(keyspace, first, last);
  writes_.reserve(writes.size());
  for (const PendingWrite* const write : writes) writes_.push_back(*write);
  if (reverse()) {
    std::ranges::reverse(writes_);
    if (!covered_) below_.seek_to_last();
  } else if (!covered_) {
    below_.seek_to_first();
  }
  show();
}

std::string_view RowCursor::key() const noexcept {
  return shows_write_ ? writes_[write_].key : below_.key();
}

std::string_view RowCursor::value() const noexcept {
  return shows_write_ ? writes_[write_].value : below_.value();
}

RowAttributes RowCursor::attributes() const noexcept {
  return shows_write_ ? writes_[write_].attributes : below_.attributes();
}

void RowCursor::step_below() { reverse() ? below_.previous() : below_.next(); }

// Finds the next row among both. A write hides the row below it.
void RowCursor::show() {
  for (;; ++write_) {
    shows_write_ = write_ < writes_.size();
    valid_ = shows_write_ || below_valid();
    if (!shows_write_) return;
    const PendingWrite& write = writes_[write_];
    if (below_valid()) {
      const int order = below_.key().compare(write.key);
      if (reverse() ? order > 0 : order < 0) {
        shows_write_ = false;
        return;
      }
      if (order == 0) step_below();
    }
    const bool expired = write.attributes.expires_at && *write.attributes.expires_at <= now_;
    if (!write.removed && !expired) return;
  }
}

void RowCursor::next() {
  if (shows_write_) {
    ++write_;
  } else {
    step_below();
  }
  show();
}

}  // namespace quartz::server
