#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "quartz/result.hpp"
#include "quartz/storage/storage_engine.hpp"

namespace quartz {

/// The keyspace that batches reach beside the default one.
inline constexpr std::string_view kSecondKeyspace = "second";

/// Rows of one writer, by keyspace ("default" or `kSecondKeyspace`) and key.
using WriterRows = std::map<std::pair<std::string, std::string>, std::string>;

/// One write of one writer: what it does follows from its number, so that the process that checks
/// knows what the one that was killed had done. A single put or remove, or a batch over both
/// keyspaces.
class Step {
 public:
  Step(std::uint32_t writer, std::uint64_t number);

  Result<void> write_to(StorageEngine& engine, const Keyspace& second,
                        const WriteOptions& options) const;
  void apply_to(WriterRows& rows) const;

 private:
  struct Change {
    bool second_keyspace = false;
    std::string key;
    std::optional<std::string> value;  // Nothing: a remove.
  };
  std::vector<Change> changes_;
};

/// What every key of the writer begins with.
std::string key_prefix(std::uint32_t writer);

}  // namespace quartz
