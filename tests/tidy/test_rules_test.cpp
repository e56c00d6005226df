#include <gmock/gmock.h>

#include "tidy/rules.hpp"

namespace quartz::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

auto says(const std::string& words) { return Field(&Finding::message, HasSubstr(words)); }

TEST(TestsInDocuments, those_that_exist_pass_however_they_are_declared) {
  const SourceTree tree = {
      {"tests/a_test.cpp",
       "\nTEST(Log, keeps_all) {}\nTEST_F(LogTest, keeps_some) {}\nTEST_P(Long,\n     it_is) {}\n"},
      {"a.md", "`Log.keeps_all`, `LogTest.keeps_some`; `Long.it_is` and `Log.*`\n"}};
  EXPECT_THAT(tests_in_documents(tree, {"a.md"}), IsEmpty());
}

TEST(TestsInDocuments, one_that_was_renamed_is_found_with_its_line) {
  const SourceTree tree = {{"tests/a_test.cpp", "\nTEST(Log, keeps_all) {}\n"},
                           {"a.md", "words\n`Log.kept_all` and `Lost.*`\n"}};
  EXPECT_THAT(tests_in_documents(tree, {"a.md"}),
              ElementsAre(AllOf(says("Log.kept_all"), Field(&Finding::line, 2)), says("Lost.*")));
}

TEST(TestsInDocuments, files_options_and_calls_are_no_tests) {
  EXPECT_THAT(tests_in_documents({{"a.md", "`File.hpp` `limits.a_b` `engine.sync()` `A.b.c_d`\n"}},
                                 {"a.md"}),
              IsEmpty());
}

TEST(TestsInDocuments, a_document_that_is_gone_is_found) {
  EXPECT_THAT(tests_in_documents({}, {"a.md"}), ElementsAre(says("is not there")));
}

TEST(Mutants, listed_once_and_made_once_pass) {
  EXPECT_THAT(mutants({{"tests/crash/mutants.txt", "a_b\nc_d\n"},
                       {"src/a.cpp", "if (mutant(\"a_b\") || mutant(\"c_d\")) return;\n"}}),
              IsEmpty());
}

TEST(Mutants, made_nowhere_twice_or_listed_twice_are_found) {
  EXPECT_THAT(mutants({{"tests/crash/mutants.txt", "none\ntwice\nagain\nagain\n"},
                       {"src/a.cpp", "mutant(\"twice\")\nmutant(\"twice\")\nmutant(\"again\")\n"}}),
              ElementsAre(says("'none'"), says("'twice'"), says("'again'"), says("'again'")));
}

TEST(Mutants, one_that_is_not_listed_is_found) {
  EXPECT_THAT(mutants({{"tests/crash/mutants.txt", ""}, {"src/a.cpp", "\nmutant(\"a\")\n"}}),
              ElementsAre(AllOf(says("not listed"), Field(&Finding::line, 2))));
}

TEST(MutantsInDocument, with_a_row_each_pass) {
  EXPECT_THAT(mutants_in_document({{"tests/crash/mutants.txt", "a_b\nc_d\n"},
                                   {"docs/guide/mutants.md",
                                    "| mutant | killed by |\n|---|---|\n| `c_d` | `Log.test` |\n"
                                    "| `a_b` | `Log.test` |\n"}}),
              IsEmpty());
}

TEST(MutantsInDocument, without_a_row_and_rows_without_a_mutant_are_found) {
  EXPECT_THAT(mutants_in_document({{"tests/crash/mutants.txt", "a_b\nc_d\n"},
                                   {"docs/guide/mutants.md", "\n| `a_b` | x |\n| `gone` | x |\n"}}),
              ElementsAre(AllOf(says("'c_d' has no row"), Field(&Finding::line, 2)),
                          AllOf(says("no mutant 'gone'"), Field(&Finding::line, 3))));
}

}  // namespace
}  // namespace quartz::tidy
