#include <gmock/gmock.h>

#include "tidy/finding_matchers.hpp"
#include "tidy/rules.hpp"

namespace quartz::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string lines(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "int x;\n";
  return text;
}

TEST(Sizes, six_hundred_lines_pass_and_one_more_does_not) {
  EXPECT_THAT(sizes({{"src/a.cpp", lines(600)}, {"src/b.cpp", lines(601)}, {"c.md", lines(900)}}),
              ElementsAre(in("src/b.cpp")));
}

TEST(FileNames, attics_are_found_as_words_of_a_path) {
  EXPECT_THAT(file_names({{"src/base/string_utils.hpp", ""},
                          {"src/common/a.hpp", ""},
                          {"src/storage/lock_manager.cpp", ""},
                          {"src/storage/uncommon.cpp", ""}}),
              ElementsAre(in("src/base/string_utils.hpp"), in("src/common/a.hpp"),
                          in("src/storage/lock_manager.cpp")));
}

TEST(BannedWords, unfinished_work_is_found_as_a_word) {
  EXPECT_THAT(banned_words({{"docs/a.md", "TODO: say why\n"},
                            {"src/a.cpp", "// HACK\n"},
                            {"src/b.cpp", "int HACKNEYED;\n"}}),
              ElementsAre(in("docs/a.md"), in("src/a.cpp")));
}

TEST(BannedWords, somebodys_machine_is_found) {
  EXPECT_THAT(banned_words({{"README.md", "cd /home/somebody/quartz\n"}}),
              ElementsAre(in("README.md")));
}

TEST(BannedWords, a_bare_mutex_is_found_outside_its_wrapper) {
  const std::string text = "std::mutex mutex_;\n";
  EXPECT_THAT(
      banned_words(
          {{"src/base/mutex.hpp", text}, {"docs/design/a.md", text}, {"src/base/b.hpp", text}}),
      ElementsAre(in("src/base/b.hpp")));
}

TEST(BannedWords, tests_that_are_switched_off_and_open_namespaces_are_found) {
  EXPECT_THAT(banned_words({{"tests/a_test.cpp", "TEST(A, DISABLED_b) {}\n"},
                            {"tests/b_test.cpp", "using namespace std;\n"},
                            {"tests/c_test.cpp", "using namespace std::chrono_literals;\n"}}),
              ElementsAre(in("tests/a_test.cpp"), in("tests/b_test.cpp")));
}

TEST(Whitespace, tabs_trailing_spaces_and_ragged_ends_are_found) {
  EXPECT_THAT(whitespace({{"a.cpp", "\tint x;\n"},
                          {"b.cpp", "int x; \n"},
                          {"c.cpp", "int x;"},
                          {"d.cpp", "int x;\n\n"},
                          {"e.cpp", "int x;\r\n"},
                          {"f.cpp", "int x;\n"},
                          {"g.cpp", ""}}),
              ElementsAre(in("a.cpp"), in("b.cpp"), in("c.cpp"), in("d.cpp"), in("e.cpp")));
}

TEST(Whitespace, the_data_of_tests_keeps_its_tabs) {
  EXPECT_THAT(whitespace({{"tests/cli/data/NamesList.txt", "0041\tLETTER A\n"}}), IsEmpty());
}

TEST(DeadFiles, a_source_in_no_target_is_found) {
  const SourceTree tree = {{"src/a.cpp", ""},
                           {"src/a.hpp", ""},
                           {"tests/a_test.cpp", ""},
                           {"tests/must_not_compile/b.cpp", ""}};
  EXPECT_THAT(dead_files(tree, {"src/a.cpp"}), ElementsAre(in("tests/a_test.cpp")));
  EXPECT_THAT(dead_files(tree, {"src/a.cpp", "tests/a_test.cpp"}), IsEmpty());
}

TEST(Figures, the_median_is_that_of_the_line_counts) {
  EXPECT_THAT(
      figures({{"src/a.cpp", lines(10)}, {"src/b.cpp", lines(30)}, {"src/c.hpp", lines(20)}}),
      HasSubstr("code: 3 files, 60 lines, median 20"));
}

}  // namespace
}  // namespace quartz::tidy
