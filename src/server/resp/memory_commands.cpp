#include <algorithm>
#include <array>
#include <cstdint>
#include <malloc.h>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/ascii.hpp"
#include "base/try.hpp"
#include "server/resp/command.hpp"
#include "server/resp/help_reply.hpp"
#include "server/resp/resp_server.hpp"
#include "server/resp/words.hpp"

namespace quartz::server {
namespace {

using enum CommandFlag;

constexpr std::int64_t kSamplesByDefault = 5;

// 0: all elements. The last one said counts.
Result<std::int64_t> samples_of(const CommandCall& call) {
  std::int64_t samples = kSamplesByDefault;
  for (Words rest = call.arguments.subspan(3); !rest.empty(); rest = rest.subspan(2)) {
    if (rest.size() < 2 || !is_same_word(rest[0], "SAMPLES")) return syntax_error();
    QUARTZ_ASSIGN(samples, integer_of(rest[1]));
    if (samples < 0) return syntax_error();
  }
  return samples;
}

// Bytes of a collection's elements: of all, or as many times those of the first ones as there are
// more of them.
Result<std::uint64_t> bytes_of_elements(CommandCall& call, RowKind kind, const CollectionHead& head,
                                        std::uint64_t samples) {
  const std::uint64_t rows = kind == RowKind::sorted_set ? 2 * head.count : head.count;
  std::uint64_t looked_at = 0;
  std::uint64_t bytes = 0;
  RowCursor row = call.view.elements(head);
  for (; row.valid() && (samples == 0 || looked_at < samples); row.next(), ++looked_at) {
    bytes += row.key().size() + row.value().size();
  }
  if (row.error()) return *row.error();
  if (samples == 0 || looked_at == 0 || looked_at >= rows) return bytes;
  return bytes * rows / looked_at;
}

Result<void> usage(CommandCall& call) {
  QUARTZ_ASSIGN(const std::int64_t samples, samples_of(call));
  const std::string_view key = call.arguments[2];
  QUARTZ_ASSIGN(const auto row, call.view.find(key));
  if (!row) {
    call.reply.null();
    return {};
  }
  std::uint64_t bytes = key.size() + row->value.size();
  if (row->attributes.expires_at) bytes += sizeof(std::uint64_t);
  // A vector set's row names a collection, which tells of its own size.
  if (row->kind() != RowKind::string && row->kind() != RowKind::vector_set) {
    QUARTZ_ASSIGN(const CollectionHead head, CollectionHead::decode(row->kind(), row->value, key));
    QUARTZ_ASSIGN(const std::uint64_t elements,
                  bytes_of_elements(call, row->kind(), head, static_cast<std::uint64_t>(samples)));
    bytes += elements;
  }
  call.reply.integer(static_cast<std::int64_t>(bytes));
  return {};
}

Result<void> stats(CommandCall& call) {
  const Statistics now = call.server.service().engine().statistics();
  const std::array<std::pair<std::string_view, std::uint64_t>, 8> figures{
      {{"total.allocated", now.memtable_bytes + now.cache_bytes + now.block_cache_bytes},
       {"memtables.bytes", now.memtable_bytes},
       {"memtables.count", now.memtables},
       {"memtables.entries", now.memtable_entries},
       {"row-cache.bytes", now.cache_bytes},
       {"row-cache.rows", now.cache_rows},
       {"block-cache.bytes", now.block_cache_bytes},
       {"clients.count", call.server.clients().size()}}};
  call.reply.map(figures.size());
  for (const auto& [name, figure] : figures) {
    call.reply.bulk(name);
    call.reply.integer(static_cast<std::int64_t>(figure));
  }
  return {};
}

Result<void> memory_doctor(CommandCall& call) {
  const Statistics now = call.server.service().engine().statistics();
  std::string text;
  if (now.memtables_waiting > 1) {
    text += fmt::format(
        "{} memtables wait to be flushed: the disk does not keep up with what is written. Memory "
        "is bounded by storage.memtable_bytes; writers are slowed down before it.\n",
        now.memtables_waiting);
  }
  if (now.cursors_open + now.snapshots_open > 0) {
    text += fmt::format(
        "{} cursors and {} snapshots are open, which keep what they show from being given back.\n",
        now.cursors_open, now.snapshots_open);
  }
  if (text.empty()) {
    text =
        "Nothing is unusual. Memory is bounded by storage.memtable_bytes, cache_bytes and "
        "block_cache_bytes, beside what clients send and are sent.\n";
  }
  call.reply.verbatim(text);
  return {};
}

Result<void> malloc_stats(CommandCall& call) {
  const auto now = ::mallinfo2();
  call.reply.verbatim(
      fmt::format("allocator:glibc\nin_use_bytes:{}\nfree_bytes:{}\narena_bytes:{}\n"
                  "mapped_bytes:{}\nmappings:{}\n",
                  now.uordblks, now.fordblks, now.arena, now.hblkhd, now.hblks));
  return {};
}

Result<void> purge(CommandCall& call) {
  ::malloc_trim(0);
  call.reply.simple("OK");
  return {};
}

Result<void> memory_help(CommandCall& call) {
  constexpr std::array<std::string_view, 7> kLines{
      "MEMORY <subcommand> [<arg> ...]. Subcommands are:",
      "DOCTOR: whether anything is unusual.",
      "MALLOC-STATS: what the allocator says.",
      "PURGE: gives memory that is free back to the system.",
      "STATS: bytes of memtables and caches.",
      "USAGE <key> [SAMPLES <count>]: bytes of the key's rows; 0 samples: of all elements.",
      "HELP: these lines."};
  return reply_with_help(call, kLines);
}

constexpr std::array kMemoryCommands = {
    Command{"memory", -2, readonly, {}, CommandGroup::server, "What takes memory", nullptr},
    Command{"memory|doctor",
            2,
            immediate,
            {},
            CommandGroup::server,
            "Whether anything is unusual",
            memory_doctor},
    Command{
        "memory|help", 2, immediate, {}, CommandGroup::server, "What can be asked", memory_help},
    Command{"memory|malloc-stats",
            2,
            immediate,
            {},
            CommandGroup::server,
            "What the allocator says",
            malloc_stats},
    Command{
        "memory|purge", 2, immediate, {}, CommandGroup::server, "Gives free memory back", purge},
    Command{"memory|stats",
            2,
            immediate,
            {},
            CommandGroup::server,
            "Bytes of memtables and caches",
            stats},
    Command{"memory|usage",
            -3,
            readonly,
            {.first = 2, .last = 2, .step = 1},
            CommandGroup::server,
            "Bytes of a key's rows",
            usage},
};

}  // namespace

std::span<const Command> memory_commands() noexcept { return kMemoryCommands; }

}  // namespace quartz::server
