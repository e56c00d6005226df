#pragma once

#include <functional>
#include <span>
#include <string_view>

#include <CLI/App.hpp>

#include "cli/console.hpp"
#include "cli/exit_status.hpp"
#include "quartz/result.hpp"

namespace quartz::cli {

/// What a verb does once its arguments are known. An Error is reported by the caller.
using Action = std::function<Result<ExitStatus>(Console&)>;

/// One verb of the tool: `quartz put`, say.
struct Verb {
  std::string_view name;
  std::string_view summary;
  /// Declares the arguments; the action owns what they are stored in.
  Action (*define)(CLI::App& app);
  bool hidden = false;  ///< Not in `--help`: for the tool's own use.
};

/// All verbs, in the order of `--help`.
std::span<const Verb> verbs() noexcept;

// One function for each, in the file that is named after it.
Action define_put(CLI::App& app);
Action define_get(CLI::App& app);
Action define_delete(CLI::App& app);
Action define_scan(CLI::App& app);
Action define_load(CLI::App& app);
Action define_dump(CLI::App& app);
Action define_keyspace(CLI::App& app);
Action define_keys(CLI::App& app);   // Only in builds with the server.
Action define_shell(CLI::App& app);  // Only in builds with the server and the client.
Action define_vector(CLI::App& app);
Action define_stats(CLI::App& app);
Action define_compact(CLI::App& app);
Action define_checkpoint(CLI::App& app);
Action define_verify(CLI::App& app);
Action define_salvage(CLI::App& app);
Action define_demo(CLI::App& app);
Action define_demo_writer(CLI::App& app);

}  // namespace quartz::cli
