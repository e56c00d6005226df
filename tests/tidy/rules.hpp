#pragma once

#include <set>
#include <string>
#include <vector>

#include "tidy/source_tree.hpp"

/// The rules of the house. Each takes a tree and returns what in it breaks the rule.
namespace quartz::tidy {

// Includes.

/// `include <- base <- io <- storage <- vector <- server <- cli`; `protocol` and `client` beside
/// them.
Findings arrows(const SourceTree& tree);
/// RocksDB, Boost.Asio and the file system are each included in one part of the house only.
Findings seams(const SourceTree& tree);
/// Public headers include the standard library and each other.
Findings public_includes(const SourceTree& tree);
/// A source file includes its own header first, which proves that the header needs nothing before
/// it.
Findings own_header_first(const SourceTree& tree);
/// A header begins with `#pragma once`.
Findings pragma_once(const SourceTree& tree);

// Files and words.

/// No source file has more than 600 lines.
Findings sizes(const SourceTree& tree);
/// No file is named for being an attic.
Findings file_names(const SourceTree& tree);
/// Words that stand for unfinished work, switched-off tests or somebody's machine; bare mutexes.
Findings banned_words(const SourceTree& tree);
/// No tabs, no space at the end of a line, one newline at the end of a file.
Findings whitespace(const SourceTree& tree);
/// Every source file is in `sources`, the files that some target of the build compiles.
Findings dead_files(const SourceTree& tree, const std::set<std::string>& sources);

// Documents.

/// A document has exactly one title.
Findings titles(const SourceTree& tree);
/// A relative link leads to a file of the tree.
Findings links(const SourceTree& tree);
/// A verb of `./dev` that a document, a template or a configuration names is one.
Findings verbs(const SourceTree& tree);
/// Tests that `documents` name, as `Suite.name` or `Suite.*`, exist.
Findings tests_in_documents(const SourceTree& tree, const std::set<std::string>& documents);

// Mutants.

/// As tests/crash/mutants.txt lists them.
std::vector<std::string> mutant_names(const SourceTree& tree);
/// Every mutant that is listed is made in one place of the sources, and no other is.
Findings mutants(const SourceTree& tree);
/// docs/guide/mutants.md has a row for each of them, and no other.
Findings mutants_in_document(const SourceTree& tree);

/// Figures of the tree, for the reader of the log: files, lines, median and p90 of both.
std::string figures(const SourceTree& tree);

}  // namespace quartz::tidy
