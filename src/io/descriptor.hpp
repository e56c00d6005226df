#pragma once

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <sys/types.h>
#include <utility>

#include "quartz/result.hpp"

namespace quartz::io {

/// The failure `error` (a value of errno) of doing `verb` to `path`: "<path>: cannot <verb>: <what
/// the system says>", under the code that tells the caller what to do about it.
Error system_error(const std::filesystem::path& path, std::string_view verb, int error);

/// Repeats a system call for as long as a signal interrupts it.
template <class Call>
auto retry_interrupted(Call&& call) {
  while (true) {
    const auto result = call();
    if (result != -1 || errno != EINTR) return result;
  }
}

/// An open file descriptor, closed with its owner. Move-only.
class Descriptor {
 public:
  Descriptor() noexcept = default;
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor();

  int get() const noexcept { return number_; }

 private:
  int number_ = -1;
};

/// Opens `path` by open(2). The descriptor does not survive exec, and is never 0, 1 or 2: a process
/// that was started with these closed would print into the file.
Result<Descriptor> open_descriptor(const std::filesystem::path& path, int flags,
                                   mode_t mode = 0644);

}  // namespace quartz::io
