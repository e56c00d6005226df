#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "quartz/result.hpp"

namespace quartz::bench {

/// Runs a program with these arguments and waits for it. What it prints on standard output is
/// returned; its standard error goes where ours goes. `io_error` naming the program, its arguments
/// and its end if that was not exit code 0.
Result<std::string> run_program(const std::filesystem::path& program,
                                const std::vector<std::string>& arguments);

}  // namespace quartz::bench
