#include <algorithm>
#include <array>
#include <optional>

#include "tidy/rules.hpp"

namespace quartz::tidy {
namespace {

/// What stands between the quotes or angle brackets of an include line.
std::optional<std::string_view> included(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  constexpr std::string_view kDirective = "#include ";
  if (!line.starts_with(kDirective)) return std::nullopt;
  line.remove_prefix(kDirective.size());
  const auto end = line.find_first_of(">\"", 1);
  if (end == std::string_view::npos) return std::nullopt;
  return line.substr(1, end - 1);
}

void for_each_include(const SourceTree& tree,
                      const std::function<void(const std::string& path, std::string_view header,
                                               std::size_t line)>& visit) {
  for (const auto& [path, text] : tree) {
    if (!is_cpp(path)) continue;
    for_each_line(text, [&](std::string_view line, std::size_t number) {
      if (const auto header = included(line)) visit(path, *header, number);
    });
  }
}

struct Room {
  std::string_view name;
  std::vector<std::string_view> may_include;  // Besides itself and the public headers.
};

const std::vector<Room>& rooms() {
  static const std::vector<Room> all = {
      {"include", {}},
      {"base", {}},
      {"io", {"base"}},
      {"storage", {"base", "io"}},
      {"protocol", {"base"}},
      {"vector", {"base", "io", "storage", "protocol"}},
      {"c", {"base"}},
      {"client", {"base", "protocol"}},
      {"server", {"base", "io", "storage", "vector", "protocol"}},
      {"embedded", {"base", "io", "storage", "vector", "protocol", "client", "server"}},
      {"edge", {"base", "io", "storage", "vector", "protocol", "client", "server"}},
      {"cli",
       {"base", "io", "storage", "vector", "protocol", "client", "server", "embedded", "edge"}},
  };
  return all;
}

const Room* room_named(std::string_view name) {
  const auto room = std::ranges::find(rooms(), name, &Room::name);
  return room == rooms().end() ? nullptr : &*room;
}

/// The room that a file lives in; none for tests, benchmarks and examples.
const Room* room_of(std::string_view path) {
  if (path.starts_with("include/")) return room_named("include");
  if (!path.starts_with("src/")) return nullptr;
  path.remove_prefix(4);
  return room_named(path.substr(0, path.find('/')));
}

bool starts_with_any(std::string_view path, std::initializer_list<std::string_view> prefixes) {
  return std::ranges::any_of(prefixes, [&](auto prefix) { return path.starts_with(prefix); });
}

bool may_include_rocksdb(std::string_view path) {
  return starts_with_any(
      path, {"src/storage/levels", "src/storage/flush", "src/storage/sst", "src/cli/demo",
             "src/cli/peer", "bench/", "tests/support/", "tests/storage/levels"});
}

bool may_include_asio(std::string_view path) {
  return starts_with_any(
      path, {"src/client/", "src/server/", "src/embedded/", "src/cli/shell/connection",
             "include/quartz/client/", "include/quartz/server/", "include/quartz/embedded/",
             "include/quartz/storage/async.hpp", "bench/client/", "bench/server/", "tests/",
             "examples/"});
}

bool is_file_system_header(std::string_view header) {
  static constexpr std::array<std::string_view, 9> kHeaders = {
      "fcntl.h",   "sys/mman.h", "sys/stat.h", "sys/statvfs.h", "sys/file.h",
      "sys/uio.h", "dirent.h",   "fstream",    "linux/falloc.h"};
  return std::ranges::find(kHeaders, header) != kHeaders.end();
}

/// Only src/io calls the file system. The tool's streams are the files and pipes that its user
/// names, which are none of the database's.
bool may_include_file_system(std::string_view path, std::string_view header) {
  if (starts_with_any(path, {"src/io/", "src/cli/streams", "tests/", "bench/", "examples/"}))
    return true;
  // Memory without a file behind it comes from the same header as mappings.
  if (path.starts_with("src/storage/row_table.") && header == "sys/mman.h") return true;
  return path.starts_with("src/cli/") && header == "fstream";
}

/// A path is a value that anybody may hold and make absolute; every other name of the library
/// touches the disk.
void append_file_system_calls(const SourceTree& tree, Findings& findings) {
  constexpr std::string_view kLibrary = "std::filesystem::";
  for (const auto& [path, text] : tree) {
    if (!is_cpp(path) || !path.starts_with("src/")) continue;
    if (starts_with_any(path, {"src/io/", "src/cli/"})) continue;
    for_each_line(text, [&](std::string_view line, std::size_t number) {
      const auto at = line.find(kLibrary);
      if (at == std::string_view::npos) return;
      if (starts_with_any(line.substr(at + kLibrary.size()), {"path", "absolute("})) return;
      findings.push_back({path, number, "only src/io calls the file system"});
    });
  }
}

}  // namespace

Findings arrows(const SourceTree& tree) {
  Findings findings;
  for_each_include(tree, [&](const std::string& path, std::string_view header, std::size_t line) {
    const Room* from = room_of(path);
    const Room* to = room_named(header.substr(0, header.find('/')));
    if (from == nullptr || to == nullptr || from == to || !contains(header, "/")) return;
    if (std::ranges::find(from->may_include, to->name) != from->may_include.end()) return;
    findings.push_back({path, line,
                        std::string(from->name) + " must not include from " +
                            std::string(to->name) + ": " + std::string(header)});
  });
  return findings;
}

Findings seams(const SourceTree& tree) {
  Findings findings;
  for_each_include(tree, [&](const std::string& path, std::string_view header, std::size_t line) {
    const auto object = [&](std::string_view why) {
      findings.push_back({path, line, std::string(header) + ": " + std::string(why)});
    };
    if (header.starts_with("rocksdb/") && !may_include_rocksdb(path)) {
      object("RocksDB is behind storage/levels and storage/flush");
    }
    if (header.starts_with("boost/asio") && !may_include_asio(path)) {
      object("Boost.Asio is for client, server and storage/async.hpp");
    }
    if (is_file_system_header(header) && !may_include_file_system(path, header)) {
      object("only src/io calls the file system");
    }
  });
  append_file_system_calls(tree, findings);
  return findings;
}

Findings public_includes(const SourceTree& tree) {
  Findings findings;
  for_each_include(tree, [&](const std::string& path, std::string_view header, std::size_t line) {
    if (!path.starts_with("include/") || header.starts_with("quartz/")) return;
    // Those of C in headers of C.
    const bool of_c = path.ends_with(".h") && header.ends_with(".h");
    const auto name = of_c ? header.substr(0, header.size() - 2) : header;
    const bool standard = name.find_first_of("/.") == std::string_view::npos;
    if (standard || (header.starts_with("boost/asio") && may_include_asio(path))) return;
    findings.push_back({path, line, "a public header includes " + std::string(header)});
  });
  return findings;
}

Findings own_header_first(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (!path.starts_with("src/") || !path.ends_with(".cpp")) continue;
    const auto inside = path.substr(4, path.size() - 8);  // Without "src/" and ".cpp".
    const auto own = tree.contains("src/" + inside + ".hpp") ? inside + ".hpp"
                     : tree.contains("include/quartz/" + inside + ".hpp")
                         ? "quartz/" + inside + ".hpp"
                         : std::string();
    if (own.empty()) continue;
    std::optional<std::string> first;
    for_each_line(text, [&](std::string_view line, std::size_t) {
      if (const auto header = included(line); header && !first) first = std::string(*header);
    });
    if (first != own) findings.push_back({path, 1, "does not include " + own + " first"});
  }
  return findings;
}

Findings pragma_once(const SourceTree& tree) {
  Findings findings;
  for (const auto& [path, text] : tree) {
    if (is_header(path) && !text.starts_with("#pragma once\n")) {
      findings.push_back({path, 1, "a header begins with #pragma once"});
    }
  }
  return findings;
}

}  // namespace quartz::tidy
