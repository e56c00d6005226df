#include <fstream>
#include <iostream>
#include <iterator>
#include <set>
#include <string>

#include <gtest/gtest.h>

#include "tidy/rules.hpp"

namespace quartz::tidy {
namespace {

/// The tree that this test was built from.
const SourceTree& house() {
  static const SourceTree tree = load_tree(QUARTZ_SOURCE_TREE);
  return tree;
}

/// What the targets of this build compile, as the build has written it down.
std::set<std::string> compiled() {
  std::ifstream list(QUARTZ_SOURCE_LIST);
  std::set<std::string> sources;
  for (std::string line; std::getline(list, line);) sources.insert(line);
  return sources;
}

void expect_none(const Findings& findings) { EXPECT_TRUE(findings.empty()) << describe(findings); }

TEST(House, includes_follow_the_arrows) { expect_none(arrows(house())); }
TEST(House, rocksdb_asio_and_the_file_system_stay_behind_their_seams) {
  expect_none(seams(house()));
}
TEST(House, public_headers_need_no_third_party) { expect_none(public_includes(house())); }
TEST(House, sources_include_their_own_header_first) { expect_none(own_header_first(house())); }
TEST(House, headers_begin_with_pragma_once) { expect_none(pragma_once(house())); }
TEST(House, files_have_at_most_six_hundred_lines) {
  std::cout << figures(house());
  expect_none(sizes(house()));
}
TEST(House, files_are_named_for_what_they_hold) { expect_none(file_names(house())); }
TEST(House, nothing_says_that_it_is_unfinished) { expect_none(banned_words(house())); }
TEST(House, lines_end_where_their_text_ends) { expect_none(whitespace(house())); }
TEST(House, every_source_belongs_to_a_target) { expect_none(dead_files(house(), compiled())); }
TEST(House, every_document_has_one_title) { expect_none(titles(house())); }
TEST(House, every_link_leads_somewhere) { expect_none(links(house())); }
TEST(House, every_verb_that_is_named_exists) { expect_none(verbs(house())); }

TEST(House, tests_that_the_guide_names_exist) {
  expect_none(tests_in_documents(house(), {"docs/guide/promises.md", "docs/guide/testing.md"}));
}
TEST(House, every_mutant_is_listed_and_made_in_one_place) { expect_none(mutants(house())); }
TEST(House, what_notices_a_mutant_is_written_down) { expect_none(mutants_in_document(house())); }

TEST(House, the_library_holds_no_mutant) {
  std::ifstream library(QUARTZ_LIBRARY, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(library), {});
  ASSERT_TRUE(contains(bytes, "StorageEngine"));
  ASSERT_FALSE(mutant_names(house()).empty());
  for (const std::string& name : mutant_names(house())) EXPECT_FALSE(contains(bytes, name)) << name;
  EXPECT_FALSE(contains(bytes, "QUARTZ_MUTANT"));
}

TEST(House, the_tree_is_there) {
  EXPECT_TRUE(house().contains("CMakeLists.txt"));
  EXPECT_TRUE(house().contains("src/base/check.hpp"));
  EXPECT_TRUE(compiled().contains("tests/tidy/house_test.cpp"));
}

}  // namespace
}  // namespace quartz::tidy
