#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "quartz/result.hpp"

namespace quartz::bench {

/// One engine, or a variant of it, and the program that measures it.
struct MeasuredEngine {
  std::string name;  ///< In results.
  std::string peer;  ///< What the program calls it; the same, but where two builds are compared.
  std::string version;
  std::string remark;
  std::vector<std::string> only_categories;
  std::vector<std::string> not_in_categories;
  std::filesystem::path program;

  bool takes_part_in(std::string_view category) const;
};

/// Asks every `quartz_bench_<engine>` in `folder` what it measures. Quartz first, the others by
/// name. `not_found` if there is none for Quartz.
Result<std::vector<MeasuredEngine>> find_engines(const std::filesystem::path& folder);

}  // namespace quartz::bench
