#include <gmock/gmock.h>

#include "tidy/finding_matchers.hpp"
#include "tidy/rules.hpp"

namespace quartz::tidy {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Arrows, an_include_along_the_arrow_passes) {
  EXPECT_THAT(arrows({{"src/storage/log.cpp", "#include \"io/file.hpp\"\n"},
                      {"src/cli/main.cpp", "#include \"storage/log.hpp\"\n"},
                      {"src/base/check.cpp", "#include \"quartz/error.hpp\"\n"}}),
              IsEmpty());
}

TEST(Arrows, an_include_against_the_arrow_is_found) {
  EXPECT_THAT(arrows({{"src/base/check.cpp", "#include \"storage/log.hpp\"\n"},
                      {"src/client/pool.cpp", "#include \"io/file.hpp\"\n"},
                      {"src/protocol/resp.cpp", "\n#include \"io/file.hpp\"\n"}}),
              ElementsAre(in("src/base/check.cpp"), in("src/client/pool.cpp"),
                          AllOf(in("src/protocol/resp.cpp"), Field(&Finding::line, 2))));
}

TEST(Arrows, a_public_header_includes_nothing_of_the_sources) {
  EXPECT_THAT(arrows({{"include/quartz/a.hpp", "#include \"base/mutex.hpp\"\n"}}),
              ElementsAre(in("include/quartz/a.hpp")));
}

TEST(Arrows, tests_include_what_they_test) {
  EXPECT_THAT(arrows({{"tests/base/a_test.cpp", "#include \"storage/log.hpp\"\n"}}), IsEmpty());
}

TEST(Seams, rocksdb_is_included_behind_its_seam_only) {
  const std::string text = "#include <rocksdb/db.h>\n";
  EXPECT_THAT(seams({{"src/storage/levels.cpp", text},
                     {"src/storage/flush_job.cpp", text},
                     {"tests/support/oracle.cpp", text},
                     {"bench/put_bench.cpp", text}}),
              IsEmpty());
  EXPECT_THAT(seams({{"src/storage/engine.cpp", text}, {"tests/storage/log_test.cpp", text}}),
              ElementsAre(in("src/storage/engine.cpp"), in("tests/storage/log_test.cpp")));
}

TEST(Seams, asio_is_included_by_the_asynchronous_header_and_not_by_the_engine) {
  const std::string text = "#include <boost/asio/post.hpp>\n";
  EXPECT_THAT(seams({{"include/quartz/storage/async.hpp", text}, {"examples/04_async.cpp", text}}),
              IsEmpty());
  EXPECT_THAT(seams({{"src/storage/engine.cpp", text}}), ElementsAre(in("src/storage/engine.cpp")));
}

TEST(Seams, asio_is_included_by_one_part_of_the_tool) {
  const std::string text = "#include <boost/asio/post.hpp>\n";
  EXPECT_THAT(seams({{"src/cli/shell/connection.cpp", text}}), IsEmpty());
  EXPECT_THAT(seams({{"src/cli/shell/shell.cpp", text}}),
              ElementsAre(in("src/cli/shell/shell.cpp")));
}

TEST(Seams, file_system_headers_belong_to_io) {
  const std::string text = "#include <fcntl.h>\n";
  EXPECT_THAT(seams({{"src/io/file.cpp", text}, {"src/cli/streams.cpp", text}}), IsEmpty());
  EXPECT_THAT(seams({{"src/base/random.cpp", text}, {"src/cli/main.cpp", text}}),
              ElementsAre(in("src/base/random.cpp"), in("src/cli/main.cpp")));
  EXPECT_THAT(seams({{"src/cli/load.cpp", "#include <fstream>\n"}}), IsEmpty());
}

TEST(Seams, a_path_is_a_value_and_an_operation_on_it_a_call) {
  EXPECT_THAT(seams({{"src/storage/a.cpp", "std::filesystem::path directory;\n"}}), IsEmpty());
  EXPECT_THAT(seams({{"src/storage/a.cpp", "std::filesystem::remove(directory);\n"}}),
              ElementsAre(in("src/storage/a.cpp")));
  EXPECT_THAT(seams({{"src/io/a.cpp", "std::filesystem::remove(directory);\n"}}), IsEmpty());
}

TEST(PublicIncludes, standard_headers_and_quartz_pass) {
  EXPECT_THAT(public_includes(
                  {{"include/quartz/a.hpp", "#include <string>\n#include \"quartz/error.hpp\"\n"},
                   {"include/quartz/c/error.h", "#include <stddef.h>\n"},
                   {"include/quartz/storage/async.hpp", "#include <boost/asio/post.hpp>\n"}}),
              IsEmpty());
}

TEST(PublicIncludes, third_parties_are_found) {
  EXPECT_THAT(public_includes({{"include/quartz/a.hpp", "#include <fmt/format.h>\n"},
                               {"include/quartz/b.hpp", "#include <boost/asio/post.hpp>\n"},
                               {"include/quartz/c.hpp", "#include <unistd.h>\n"},
                               {"include/quartz/d.h", "#include <sys/mman.h>\n"}}),
              ElementsAre(in("include/quartz/a.hpp"), in("include/quartz/b.hpp"),
                          in("include/quartz/c.hpp"), in("include/quartz/d.h")));
}

TEST(OwnHeaderFirst, another_header_before_it_is_found) {
  const SourceTree tree = {{"src/io/file.hpp", ""},
                           {"src/io/file.cpp", "#include <string>\n#include \"io/file.hpp\"\n"}};
  EXPECT_THAT(own_header_first(tree),
              ElementsAre(Field(&Finding::message, HasSubstr("io/file.hpp"))));
}

TEST(OwnHeaderFirst, a_public_header_is_its_sources_own_too) {
  SourceTree tree = {{"include/quartz/storage/cursor.hpp", ""},
                     {"src/storage/cursor.cpp", "#include \"quartz/storage/cursor.hpp\"\n"},
                     {"src/storage/without_header.cpp", "#include <string>\n"}};
  EXPECT_THAT(own_header_first(tree), IsEmpty());
  tree["src/storage/cursor.cpp"] = "int x;\n";
  EXPECT_THAT(own_header_first(tree), ElementsAre(in("src/storage/cursor.cpp")));
}

TEST(PragmaOnce, a_header_that_begins_otherwise_is_found) {
  EXPECT_THAT(pragma_once({{"include/a.hpp", "#pragma once\n"},
                           {"include/b.hpp", "// Words.\n#pragma once\n"},
                           {"src/c.cpp", "int x;\n"}}),
              ElementsAre(in("include/b.hpp")));
}

}  // namespace
}  // namespace quartz::tidy
