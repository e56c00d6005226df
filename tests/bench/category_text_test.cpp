#include "bench/report/category_text.hpp"

#include <map>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bench/report/engine_text.hpp"
#include "bench/report/markdown_text.hpp"

namespace quartz::bench {
namespace {

using testing::_;
using testing::Each;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

TEST(CategoryText, each_name_stands_there_once) {
  std::set<std::string_view> names;
  for (const CategoryText& text : category_texts()) {
    EXPECT_TRUE(names.insert(text.name).second) << text.name;
  }
}

TEST(CategoryText, a_description_is_one_sentence_in_one_line) {
  for (const CategoryText& text : category_texts()) {
    EXPECT_TRUE(text.description.ends_with('.')) << text.name;
    EXPECT_EQ(text.description.find('\n'), std::string_view::npos) << text.name;
    EXPECT_LE(text.description.size(), 160u) << text.name;
  }
}

TEST(CategoryText, every_category_is_in_exactly_one_group) {
  std::map<std::string, int> groups;
  for (const CategoryText& text : category_texts()) groups[std::string(text.name)] = 0;
  for (const CategoryGroup& group : category_groups()) {
    for (const std::string& category : group.categories) ++groups[category];
  }
  EXPECT_THAT(groups, Each(Pair(_, 1)));
}

// A link leads to the first of two headings that look the same to a forge.
TEST(CategoryText, no_two_headings_of_the_document_have_the_same_anchor) {
  std::set<std::string> anchors;
  const auto expect_new = [&](std::string_view title) {
    const std::string link = link_to_heading(title);
    EXPECT_TRUE(anchors.insert(link.substr(link.find("](#"))).second) << title;
  };
  for (const char* title : {"Benchmarks", "What was measured", "Method", "Ratios",
                            "Where Quartz loses", "Other measurements"}) {
    expect_new(title);
  }
  for (const CategoryGroup& group : category_groups()) expect_new(group.title);
  for (const CategoryText& text : category_texts()) expect_new(text.title);
}

TEST(CategoryText, no_two_plots_share_a_file) {
  std::set<std::string_view> files;
  for (const CategoryGroup& group : category_groups()) {
    if (group.plot_file.empty()) continue;
    EXPECT_TRUE(files.insert(group.plot_file).second) << group.plot_file;
  }
  EXPECT_THAT(files, Not(IsEmpty()));
}

TEST(CategoryText, an_unknown_category_is_called_by_its_name_and_has_no_description) {
  EXPECT_EQ(category_title("teleport_10"), "teleport_10");
  EXPECT_EQ(category_description("teleport_10"), "");
  EXPECT_EQ(category_title("put_disk"), "Put, disk durability");
  EXPECT_NE(category_description("put_disk"), "");
}

TEST(EngineText, engines_are_written_as_their_authors_do) {
  EXPECT_EQ(engine_title("quartz"), "Quartz");
  EXPECT_EQ(engine_title("rocksdb"), "RocksDB");
  EXPECT_EQ(engine_title("wiredtiger"), "WiredTiger");
  EXPECT_EQ(engine_title("novelty"), "novelty");
}

TEST(EngineText, a_variant_has_the_name_of_its_family_and_its_own) {
  EXPECT_EQ(engine_title("rocksdb_vector"), "RocksDB vector");
  EXPECT_EQ(engine_title("tkrzw_hash_async"), "Tkrzw hash async");
  EXPECT_EQ(engine_title("novelty_b"), "novelty_b");
  EXPECT_EQ(engine_family("rocksdb_vector"), "rocksdb");
  EXPECT_EQ(engine_family("lmdb"), "lmdb");
}

}  // namespace
}  // namespace quartz::bench
