#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "quartz/error.hpp"
#include "quartz/storage/cursor.hpp"
#include "quartz/storage/row_attributes.hpp"
#include "server/service/transaction.hpp"

namespace quartz::server {

/// The rows of a keyspace with keys in [first, last) as a transaction sees them, one after another
/// in order or against it. Starts on the first; writes of the transaction after that are not seen,
/// and invalidate views of the rows that they change. After a loop that ends on `!valid()`, look at
/// `error()`. Threads: one at a time.
class RowCursor {
 public:
  enum class Order : std::uint8_t { forward, reverse };

  RowCursor(const Transaction& transaction, const Keyspace& keyspace, std::string_view first,
            std::string_view last, Order order = Order::forward);

  bool valid() const noexcept { return valid_; }
  // Need `valid()`; live until the next move.
  std::string_view key() const noexcept;
  std::string_view value() const noexcept;
  RowAttributes attributes() const noexcept;
  void next();
  const std::optional<Error>& error() const noexcept { return below_.error(); }

 private:
  bool reverse() const noexcept { return order_ == Order::reverse; }
  bool below_valid() const noexcept { return !covered_ && below_.valid(); }
  void step_below();
  void show();

  Order order_;
  bool covered_;
  Cursor below_;
  std::vector<PendingWrite> writes_;  // In `order_`; copies, since later ones move the others.
  std::size_t write_ = 0;             // The next of them.
  bool valid_ = false;
  bool shows_write_ = false;
  ExpiryTime now_;
};

}  // namespace quartz::server
