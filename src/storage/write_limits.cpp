#include "storage/write_limits.hpp"

#include <fmt/format.h>

#include "base/try.hpp"
#include "quartz/storage/limits.hpp"

namespace quartz::storage {
namespace {

Result<void> check_key(std::string_view key) {
  if (key.size() <= kKeyBytesMax) return {};
  return Error(Errc::too_large,
               fmt::format("key of {} bytes exceeds the limit of {} (kKeyBytesMax)", key.size(),
                           kKeyBytesMax));
}

Result<void> check_attributes(const RowAttributes& attributes) {
  if (attributes.kind > kRowKindMax) {
    return Error(Errc::invalid_argument,
                 fmt::format("kind {} of a row exceeds the limit of {} (kRowKindMax)",
                             attributes.kind, kRowKindMax));
  }
  if (!attributes.expires_at) return {};
  if (*attributes.expires_at >= ExpiryTime() && *attributes.expires_at <= kExpiryTimeMax) return {};
  return Error(
      Errc::invalid_argument,
      fmt::format("a row cannot expire {} ms after the epoch: that is not between 0 and {} "
                  "(kExpiryTimeMax)",
                  attributes.expires_at->time_since_epoch().count(),
                  kExpiryTimeMax.time_since_epoch().count()));
}

}  // namespace

Result<void> check_operation(OperationType type, std::string_view key, std::string_view value,
                             const RowAttributes& attributes) {
  QUARTZ_TRY(check_key(key));
  if (type == OperationType::remove_range) return check_key(value);
  QUARTZ_TRY(check_attributes(attributes));
  if (value.size() <= kValueBytesMax) return {};
  return Error(Errc::too_large,
               fmt::format("value of {} bytes exceeds the limit of {} (kValueBytesMax)",
                           value.size(), kValueBytesMax));
}

Result<void> check_batch_bytes(std::size_t bytes) {
  if (bytes <= kBatchBytesMax) return {};
  return Error(Errc::too_large,
               fmt::format("batch of {} bytes exceeds the limit of {} (kBatchBytesMax)", bytes,
                           kBatchBytesMax));
}

}  // namespace quartz::storage
