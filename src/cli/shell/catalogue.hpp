#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cli/shell/reply_tree.hpp"

namespace quartz::cli {

/// What a server says of a command.
struct CatalogueEntry {
  std::string summary = {};
  std::string group = {};  ///< "string", "sorted-set"…
  std::vector<std::string> subcommands = {};
};

/// What commands there are. Names are in lower case.
class Catalogue {
 public:
  Catalogue() = default;
  /// `names`: of COMMAND LIST, subcommands as "client|id" among them. `documents`: of COMMAND DOCS.
  /// What is not as expected is left out.
  Catalogue(const ReplyTree& names, const ReplyTree& documents);

  /// Null if there is none of that name, in whatever case.
  const CatalogueEntry* find(std::string_view name) const;
  const std::map<std::string, CatalogueEntry, std::less<>>& entries() const noexcept {
    return entries_;
  }

 private:
  std::map<std::string, CatalogueEntry, std::less<>> entries_;
};

/// What a line may go on with.
struct Completion {
  std::size_t from = 0;                   ///< Where the word begins that they stand for.
  std::vector<std::string> candidates{};  ///< Whole words, in their order.
  /// What all of them begin with; no shorter than what stands there if there is any.
  std::string common_beginning() const;
};

/// Of the word at the end of `line`: a command, a subcommand, or, behind a backslash, one of
/// `own_commands`. Letters are in capitals unless the word begins with a small one.
Completion complete(const Catalogue& catalogue, const std::vector<std::string>& own_commands,
                    std::string_view line);

}  // namespace quartz::cli
