#pragma once

#include <cstdint>

namespace quartz {

/// The number in an environment variable, for tests that run for as long as somebody asks;
/// `fallback` if it is not set. Text that is no number ends the process: a test that silently ran
/// with another number would prove nothing.
std::uint64_t number_from_environment(const char* name, std::uint64_t fallback);

}  // namespace quartz
