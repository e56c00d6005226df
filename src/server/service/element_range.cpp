#include "server/service/element_range.hpp"

#include <fmt/format.h>

#include "server/service/database_view.hpp"

namespace quartz::server {

std::string_view ElementRange::key() const noexcept {
  return cursor_->key().substr(DatabaseView::kElementPrefixBytes);
}

Result<void> ElementRange::finish() const {
  if (cursor_ && cursor_->error()) return *cursor_->error();
  if (passed_ == count_) return {};
  return Error(Errc::corruption, fmt::format("a collection has {} elements where it should have {}",
                                             passed_, count_));
}

}  // namespace quartz::server
