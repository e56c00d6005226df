#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "vector/distance_tables.hpp"

namespace quartz::vector {

/// A table of kernels, for tests that run once with each.
struct KernelTable {
  std::string name;
  const DistanceKernels* kernels;
};

/// All that this processor can run.
inline std::vector<KernelTable> kernel_tables() {
  std::vector<KernelTable> tables;
  for (const InstructionSet set : supported_instruction_sets()) {
    tables.push_back({std::string(to_string(set)), &distance_kernels(set)});
#if defined(__x86_64__)
    if (set == InstructionSet::avx512) {
      tables.push_back({"avx512_basic", &avx512_basic_kernels()});
    }
#elif defined(__aarch64__)
    if (set == InstructionSet::neon) tables.push_back({"neon_basic", &neon_basic_kernels()});
#endif
  }
  return tables;
}

inline std::string table_name(const testing::TestParamInfo<KernelTable>& info) {
  return info.param.name;
}

// Found by GoogleTest, to print what a test ran with.
inline void PrintTo(const KernelTable& table, std::ostream* out) { *out << table.name; }

}  // namespace quartz::vector
