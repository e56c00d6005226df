#pragma once

#include <optional>

#include <CLI/App.hpp>

#include "cli/record_format.hpp"

namespace quartz::cli {

/// `--format tsv|jsonl|binary`; stays empty where the file's name shall decide.
void add_record_format(CLI::App& app, std::optional<RecordFormat>& format);

}  // namespace quartz::cli
