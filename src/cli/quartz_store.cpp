#include "cli/quartz_store.hpp"

#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "quartz/storage/cursor.hpp"
#include "quartz/storage/storage_engine.hpp"
#include "quartz/storage/write_batch.hpp"

namespace quartz::cli {
namespace {

class QuartzStore final : public MeasuredStore {
 public:
  QuartzStore(std::filesystem::path directory, StorageEngine engine)
      : directory_(std::move(directory)), engine_(std::move(engine)) {}

  Result<void> put_each(Rows rows) override {
    for (const auto& [key, value] : rows) QUARTZ_TRY(engine_.put(key, value));
    return {};
  }

  Result<void> put_together(Rows rows) override {
    batch_.clear();
    for (const auto& [key, value] : rows) batch_.put(key, value);
    return engine_.write(batch_);
  }

  Result<void> get_each(Rows rows) override {
    for (const auto& [key, value] : rows) {
      QUARTZ_ASSIGN(const bool present, engine_.get_into(key, value_));
      if (!present || value_.size() != value.size()) {
        return Error{Errc::corruption, fmt::format("Quartz: row {} is not as it was written", key)};
      }
    }
    return {};
  }

  Result<void> settle() override {
    cursor_.reset();  // A live cursor would keep the directory locked.
    QUARTZ_TRY(engine_.compact_range());
    QUARTZ_TRY(engine_.close());
    QUARTZ_ASSIGN(engine_, StorageEngine::open(directory_));
    return {};
  }

  Result<void> start_scan() override {
    cursor_.emplace(engine_.cursor());
    cursor_->seek_to_first();
    return {};
  }

  Result<void> scan_rows(std::size_t count) override {
    for (; count > 0 && cursor_->valid(); --count) {
      // Touching key and value keeps either engine from putting their work off.
      bytes_seen_ += cursor_->key().size() + cursor_->value().size();
      cursor_->next();
    }
    if (cursor_->error()) return *cursor_->error();
    if (count > 0) return Error{Errc::corruption, "a scan ended before all rows were seen"};
    return {};
  }

 private:
  std::filesystem::path directory_;
  StorageEngine engine_;
  std::optional<Cursor> cursor_;  // After the engine: it goes first.
  WriteBatch batch_;
  std::string value_;
  std::size_t bytes_seen_ = 0;
};

}  // namespace

Result<std::unique_ptr<MeasuredStore>> open_quartz_store(const std::filesystem::path& directory) {
  QUARTZ_ASSIGN(StorageEngine engine, StorageEngine::open(directory));
  return std::unique_ptr<MeasuredStore>(new QuartzStore(directory, std::move(engine)));
}

}  // namespace quartz::cli
