#include "storage/levels_expiry_filter.hpp"

#include "storage/levels_status.hpp"
#include "storage/stored_value.hpp"

namespace quartz::storage {

rocksdb::CompactionFilter::Decision LevelsExpiryFilter::FilterV2(
    int /*level*/, const rocksdb::Slice& /*key*/, ValueType type, const rocksdb::Slice& value,
    std::string* /*new_value*/, std::string* /*skip_until*/) const {
  if (type != ValueType::kValue) return Decision::kKeep;
  // What does not decode is kept for its reader to complain of.
  const auto row = decode_stored_value(to_view(value));
  if (!row || !row->attributes.expires_at) return Decision::kKeep;
  return clock_->expired(*row->attributes.expires_at) ? Decision::kRemove : Decision::kKeep;
}

}  // namespace quartz::storage
