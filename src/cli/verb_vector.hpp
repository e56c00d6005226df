#pragma once

#include <CLI/App.hpp>

#include "cli/verb.hpp"

namespace quartz::cli {

// What stands behind `quartz vector`, each in the file that is named after it.
Action define_vector_create(CLI::App& app);
Action define_vector_import(CLI::App& app);
Action define_vector_search(CLI::App& app);
Action define_vector_info(CLI::App& app);
Action define_vector_list(CLI::App& app);
Action define_vector_recall(CLI::App& app);
Action define_vector_reindex(CLI::App& app);
Action define_vector_export(CLI::App& app);
Action define_vector_drop(CLI::App& app);

}  // namespace quartz::cli
