#pragma once

#include <string>

#include <gmock/gmock.h>

#include "tidy/rules.hpp"

namespace quartz::tidy {

/// What is found in the file of that path.
inline auto in(const std::string& path) { return ::testing::Field("path", &Finding::path, path); }

}  // namespace quartz::tidy
