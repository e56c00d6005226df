#include "cli/verb.hpp"

namespace quartz::cli {

std::span<const Verb> verbs() noexcept {
  static constexpr Verb kVerbs[] = {
      {"put", "Write one row", define_put},
      {"get", "Print the value of one key", define_get},
      {"delete", "Remove keys, a prefix or a range", define_delete},
      {"scan", "Print rows in order", define_scan},
      {"load", "Write the rows of a file", define_load},
      {"dump", "Write all rows to a file", define_dump},
      {"keyspace", "List, create or drop keyspaces", define_keyspace},
#ifdef QUARTZ_TOOL_KEYS
      {"keys", "Manage who may use a server of the database", define_keys},
#endif
      {"vector", "Manage collections of vectors, and search them", define_vector},
#ifdef QUARTZ_TOOL_SHELL
      {"shell", "Talk to a database or a server, line by line", define_shell},
#endif
      {"stats", "Print counters, sizes and latencies", define_stats},
      {"compact", "Move everything to the deepest level", define_compact},
      {"checkpoint", "Make a complete copy of the database", define_checkpoint},
      {"verify", "Check every checksum", define_verify},
      {"salvage", "Copy what is whole out of a damaged database", define_salvage},
      {"demo", "Show the engine at work on real data", define_demo},
      {"demo-writer", "Write numbered records until killed", define_demo_writer, true},
  };
  return kVerbs;
}

}  // namespace quartz::cli
