#include "support/scratch_directory.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdlib.h>
#include <string>
#include <system_error>

namespace quartz {
namespace {

std::filesystem::path parent_directory() {
  const char* chosen = std::getenv("QUARTZ_TEST_DIRECTORY");
  if (chosen != nullptr && *chosen != '\0') return chosen;
  return std::filesystem::temp_directory_path();
}

}  // namespace

ScratchDirectory::ScratchDirectory() {
  std::string name = (parent_directory() / "quartz-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    std::fprintf(stderr, "%s: cannot create a scratch directory: %s\n", name.c_str(),
                 std::strerror(errno));
    std::abort();
  }
  path_ = name;
}

ScratchDirectory::~ScratchDirectory() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
  // Left-overs do not make a test wrong, but somebody should know why the disk fills.
  if (error) std::fprintf(stderr, "%s: not removed: %s\n", path_.c_str(), error.message().c_str());
}

}  // namespace quartz
