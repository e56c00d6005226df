#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>

namespace quartz {

// What a failing disk or a careless hand does to a file. A test that cannot damage its file could
// not say anything, so a failure here ends the process.

inline std::string file_contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  std::string contents;
  if (file) {  // At once: byte by byte is what damage tests would do most of the time.
    contents.resize(static_cast<std::size_t>(file.tellg()));
    file.seekg(0);
    file.read(contents.data(), static_cast<std::streamsize>(contents.size()));
  }
  if (!file) {
    std::cerr << "cannot read " << path << '\n';
    std::abort();
  }
  return contents;
}

inline void overwrite_file(const std::filesystem::path& path, std::string_view contents) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(contents.data(), static_cast<std::streamsize>(contents.size()));
  file.close();
  if (!file) {
    std::cerr << "cannot write " << path << '\n';
    std::abort();
  }
}

/// Inverts bit `bit` (0 to 7) of the byte at `offset`, which must exist.
inline void flip_bit(const std::filesystem::path& path, std::uint64_t offset, unsigned bit = 0) {
  std::string contents = file_contents(path);
  if (offset >= contents.size()) {
    std::cerr << path << " has no byte " << offset << '\n';
    std::abort();
  }
  contents[offset] = static_cast<char>(static_cast<unsigned char>(contents[offset]) ^ (1u << bit));
  overwrite_file(path, contents);
}

/// Keeps the first `bytes` bytes.
inline void truncate_file(const std::filesystem::path& path, std::uint64_t bytes) {
  std::filesystem::resize_file(path, bytes);
}

inline void append_to_file(const std::filesystem::path& path, std::string_view bytes) {
  overwrite_file(path, file_contents(path).append(bytes));
}

}  // namespace quartz
