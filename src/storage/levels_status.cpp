#include "storage/levels_status.hpp"

#include <string>

#include "base/check.hpp"

namespace quartz::storage {

namespace {

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

Errc io_code(const rocksdb::Status& status, std::string_view text) {
  if (status.IsNoSpace()) return Errc::no_space;
  // Only ENOSPC and ENOENT have codes of their own; the others are told apart by their text.
  if (contains(text, "Read-only file system") || contains(text, "Permission denied")) {
    return Errc::read_only;
  }
  if (contains(text, "lock file") || contains(text, "lock hold by")) return Errc::busy;
  // A file that the levels name and that is not there is damage, not bad luck of the disk.
  if (status.IsPathNotFound()) return Errc::corruption;
  return Errc::io_error;
}

Errc code_of(const rocksdb::Status& status, std::string_view text) {
  using Code = rocksdb::Status::Code;
  switch (status.code()) {
    case Code::kIOError:
      return io_code(status, text);
    case Code::kCorruption:
      return Errc::corruption;
    case Code::kNotFound:
      return Errc::not_found;
    case Code::kNotSupported:
      return Errc::unsupported;
    case Code::kInvalidArgument:
      return Errc::invalid_argument;
    case Code::kBusy:
    case Code::kTryAgain:
    case Code::kTimedOut:
      return Errc::busy;
    case Code::kIncomplete:  // A manual compaction that was paused.
    case Code::kAborted:
      return status.IsNoSpace() ? Errc::no_space : Errc::cancelled;
    case Code::kCompactionTooLarge:  // For what is free, once the disk was met full.
      return Errc::no_space;
    case Code::kShutdownInProgress:
    case Code::kColumnFamilyDropped:
      return Errc::closed;
    default:
      return Errc::io_error;
  }
}

}  // namespace

Error to_error(const rocksdb::Status& status, std::string_view doing) {
  QUARTZ_CHECK(!status.ok());
  std::string text = status.ToString();
  // For a table that is missing, RocksDB looks for one of LevelDB last, and names that.
  constexpr std::string_view kOldName = ".ldb";
  if (const auto at = text.find(kOldName); at != std::string::npos) {
    text.replace(at, kOldName.size(), ".sst");
  }
  std::string message(doing);
  message.append(": ").append(text);
  return {code_of(status, text), std::move(message)};
}

}  // namespace quartz::storage
