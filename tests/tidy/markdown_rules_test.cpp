#include <gmock/gmock.h>

#include "tidy/finding_matchers.hpp"
#include "tidy/rules.hpp"

namespace quartz::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TEST(Titles, a_document_has_one) {
  EXPECT_THAT(titles({{"a.md", "# A\n\n## Part\n"},
                      {"b.md", "words\n"},
                      {"c.md", "# C\n\n# D\n"},
                      {"d.md", "# D\n\n```sh\n# a comment of the shell\n```\n"}}),
              ElementsAre(in("b.md"), in("c.md")));
}

TEST(Links, a_file_a_folder_and_an_anchor_resolve) {
  EXPECT_THAT(links({{"README.md", "[a](docs/a.md) [b](docs/a.md#part) [c](docs) [d](#here)\n"},
                     {"docs/a.md", "[up](../README.md) [web](https://example.org/x.md)\n"}}),
              IsEmpty());
}

TEST(Links, a_link_to_nothing_is_found) {
  EXPECT_THAT(links({{"docs/a.md", "[gone](gone.md) and [up](../docs/a.md)\n"}}),
              ElementsAre(AllOf(in("docs/a.md"), Field(&Finding::message, HasSubstr("gone.md")))));
}

TEST(Links, code_that_looks_like_a_link_is_none) {
  EXPECT_THAT(links({{"a.md", "`values[i](x)`\n```cpp\nvalues[i](x);\n```\n"}}), IsEmpty());
}

TEST(Verbs, what_a_document_or_a_hook_runs_is_a_verb_of_the_script) {
  const std::string script = "#!/bin/bash\nverb_test() {\n  :\n}\n";
  EXPECT_THAT(verbs({{"dev", script},
                     {"README.md", "# A\n\nRun `./dev test -L x` or `./dev --help`.\n"},
                     {".github/a.md", "# B\n\n`./dev test`, then `./dev tests`\n"},
                     {".hooks.yaml", "entry: ./dev gone\n"},
                     {"src/a.cpp", "// ./dev whatever\n"}}),
              UnorderedElementsAre(in(".github/a.md"), in(".hooks.yaml")));
  EXPECT_THAT(verbs({{"README.md", "./dev test\n"}}), ElementsAre(in("README.md")));
}

}  // namespace
}  // namespace quartz::tidy
