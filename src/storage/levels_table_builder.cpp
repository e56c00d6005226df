#include "storage/levels_table_builder.hpp"

#include <string>
#include <utility>

#include <rocksdb/env.h>
#include <rocksdb/sst_file_writer.h>

#include "base/try.hpp"
#include "storage/levels_options.hpp"
#include "storage/levels_status.hpp"

namespace quartz::storage {

struct TableBuilder::State {
  State(std::filesystem::path file, KeyspaceId of, rocksdb::Env* env)
      : path(std::move(file)),
        keyspace(of),
        // Its pages stay cached: the ingest reads all of them at once, to verify the checksums.
        writer(rocksdb::EnvOptions(), table_file_options(of, env), nullptr, false) {}

  Result<void> check(const rocksdb::Status& status) const {
    if (!status.ok()) return to_error(status, "writing " + path.string());
    return {};
  }

  std::filesystem::path path;
  KeyspaceId keyspace;
  std::uint64_t entry_count = 0;
  rocksdb::SstFileWriter writer;
};

TableBuilder::TableBuilder(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
TableBuilder::TableBuilder(TableBuilder&&) noexcept = default;
TableBuilder& TableBuilder::operator=(TableBuilder&&) noexcept = default;
TableBuilder::~TableBuilder() = default;

Result<TableBuilder> TableBuilder::create(const std::filesystem::path& path, KeyspaceId keyspace,
                                          rocksdb::Env* env) {
  rocksdb::Env& files = env != nullptr ? *env : *rocksdb::Env::Default();
  if (files.FileExists(path.string()).ok()) {
    return Error(Errc::already_exists, "writing " + path.string() + ": it exists");
  }
  auto state = std::make_unique<State>(path, keyspace, env);
  QUARTZ_TRY(state->check(state->writer.Open(path.string())));
  return TableBuilder(std::move(state));
}

Result<void> TableBuilder::put(std::string_view key, std::string_view value) {
  const rocksdb::Status status = state_->writer.Put(to_slice(key), to_slice(value));
  if (!status.ok()) [[unlikely]]
    return state_->check(status);
  ++state_->entry_count;
  return {};
}

Result<void> TableBuilder::remove(std::string_view key) {
  QUARTZ_TRY(state_->check(state_->writer.Delete(to_slice(key))));
  ++state_->entry_count;
  return {};
}

Result<void> TableBuilder::remove_range(std::string_view first, std::string_view last) {
  if (last <= first) return {};  // Removes nothing; RocksDB would refuse it.
  QUARTZ_TRY(state_->check(state_->writer.DeleteRange(to_slice(first), to_slice(last))));
  ++state_->entry_count;
  return {};
}

std::uint64_t TableBuilder::bytes() const noexcept { return state_->writer.FileSize(); }

Result<TableFile> TableBuilder::finish() {
  rocksdb::ExternalSstFileInfo written;
  QUARTZ_TRY(state_->check(state_->writer.Finish(&written)));
  return TableFile{.keyspace = state_->keyspace,
                   .path = state_->path,
                   .bytes = written.file_size,
                   .entry_count = state_->entry_count};
}

}  // namespace quartz::storage
