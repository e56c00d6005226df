#include <csignal>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/tool.hpp"
#include "quartz/vector/vector_collection.hpp"
#include "support/data_sets.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

class VerbVector : public testing::Test {
 protected:
  /// An .fbin file of these rows.
  std::string rows(const std::string& name, const std::vector<std::vector<float>>& vectors) {
    std::string bytes;
    const auto append = [&](auto number) {
      bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
    };
    append(static_cast<std::uint32_t>(vectors.size()));
    append(static_cast<std::uint32_t>(vectors.front().size()));
    for (const auto& vector : vectors) {
      for (const float component : vector) append(component);
    }
    write_file(scratch_ / name, bytes);
    return (scratch_ / name).string();
  }
  /// A collection "plane" of (0, 1), (1, 1), (2, 1)...
  void make_plane(std::size_t count) {
    std::vector<std::vector<float>> vectors;
    for (std::size_t i = 0; i < count; ++i) vectors.push_back({static_cast<float>(i), 1});
    ASSERT_THAT(
        run_tool({"vector", "create", data_, "plane", "--dimensions", "2", "--metric", "l2"}),
        ExitsWith(0));
    ASSERT_THAT(run_tool({"vector", "import", data_, "plane", rows("plane.fbin", vectors)}),
                ExitsWith(0));
  }
  boost::json::value json_of(std::vector<std::string> arguments) {
    arguments.emplace_back("--json");
    const ToolRun run = run_tool(arguments);
    EXPECT_THAT(run, ExitsWith(0));
    return boost::json::parse(run.out);
  }

  ScratchDirectory scratch_;
  std::string data_ = (scratch_ / "data").string();
};

TEST_F(VerbVector, creates_lists_and_drops_collections) {
  EXPECT_THAT(run_tool({"vector", "create", data_, "docs", "--dimensions", "3"}), ExitsWith(0));
  EXPECT_THAT(run_tool({"vector", "create", data_, "a", "--dimensions", "3", "-q"}), ExitsWith(0));
  EXPECT_EQ(run_tool({"vector", "list", data_}).out, "a\ndocs\n");
  EXPECT_EQ(run_tool({"vector", "list", data_, "--json"}).out, "[\"a\",\"docs\"]\n");
  const ToolRun run = run_tool({"vector", "drop", data_, "a"});
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.out + run.err, IsEmpty());
  EXPECT_EQ(run_tool({"vector", "list", data_}).out, "docs\n");
}

TEST_F(VerbVector, creates_a_collection_as_it_was_described) {
  ASSERT_THAT(run_tool({"vector",
                        "create",
                        data_,
                        "docs",
                        "--dimensions",
                        "12",
                        "--metric",
                        "dot",
                        "--quantization",
                        "f16",
                        "--m",
                        "8",
                        "--ef-construction",
                        "50",
                        "--seed",
                        "7",
                        "--no-vectors-in-memory",
                        "--payload-index",
                        "year:integer",
                        "--payload-index",
                        "author.name:prefix"}),
              ExitsWith(0));
  const VectorCollectionConfig expected = {
      .dimensions = 12,
      .metric = Metric::dot,
      .index = {.quantization = Quantization::f16,
                .m = 8,
                .ef_construction = 50,
                .seed = 7,
                .vectors_in_memory = false},
      .payload_indexes = {{"year", PayloadIndexKind::integer},
                          {"author.name", PayloadIndexKind::prefix}}};
  {
    auto engine = StorageEngine::open(data_).value();
    EXPECT_EQ(VectorCollection::open(engine, "docs")->config(), expected);
  }
  const auto config = json_of({"vector", "info", data_, "docs"}).at("config");
  EXPECT_EQ(config.at("metric"), "dot");
  EXPECT_EQ(config.at("index").at("quantization"), "f16");
  EXPECT_EQ(config.at("index").at("vectors_in_memory"), false);
  EXPECT_EQ(config.at("payload_indexes").at(1).at("kind"), "prefix");
}

TEST_F(VerbVector, has_a_status_for_each_mistake) {
  ASSERT_THAT(run_tool({"vector", "create", data_, "docs", "--dimensions", "3"}), ExitsWith(0));
  EXPECT_THAT(run_tool({"vector", "create", data_, "docs", "--dimensions", "3"}), ExitsWith(7));
  EXPECT_THAT(run_tool({"vector", "create", data_, "x", "--dimensions", "0"}), ExitsWith(2));
  EXPECT_THAT(run_tool({"vector", "create", data_, "x"}).err, HasSubstr("--dimensions"));
  EXPECT_THAT(run_tool({"vector", "create", data_, "no/slash", "--dimensions", "3"}), ExitsWith(2));
  EXPECT_THAT(run_tool({"vector", "create", data_, "x", "--dimensions", "3", "--metric", "near"}),
              ExitsWith(2));
  const ToolRun kind = run_tool(
      {"vector", "create", data_, "x", "--dimensions", "3", "--payload-index", "year:number"});
  EXPECT_THAT(kind, ExitsWith(2));
  EXPECT_THAT(kind.err, AllOf(HasSubstr("year:number"), HasSubstr("integer")));
  EXPECT_THAT(run_tool({"vector", "drop", data_, "missing"}), ExitsWith(1));
  EXPECT_THAT(run_tool({"vector", "info", data_, "missing"}), ExitsWith(1));
  EXPECT_THAT(run_tool({"vector", "list", (scratch_ / "none").string()}), ExitsWith(1));
  EXPECT_THAT(run_tool({"vector"}), ExitsWith(2));
  EXPECT_EQ(run_tool({"vector", "list", data_}).out, "docs\n");
}

TEST_F(VerbVector, finds_what_was_imported) {
  make_plane(20);
  EXPECT_EQ(run_tool({"vector", "search", data_, "plane", "--vector", "[3.25, 1]", "-k", "2"}).out,
            "03\t0.0625\n04\t0.5625\n");
  EXPECT_EQ(run_tool({"vector", "search", data_, "plane", "--id", "07", "-k", "1", "--exact"})
                .out.substr(2),
            "\t1\n");
  const std::string queries = rows("queries.fbin", {{0, 1}, {11, 1}});
  EXPECT_EQ(
      run_tool({"vector", "search", data_, "plane", "--file", queries, "--row", "1", "-k", "1"})
          .out,
      "11\t0\n");
}

TEST_F(VerbVector, prints_hits_with_payloads_as_text_and_as_json) {
  ASSERT_THAT(run_tool({"vector", "create", data_, "docs", "--dimensions", "1", "--metric", "l2"}),
              ExitsWith(0));
  {
    auto engine = StorageEngine::open(data_).value();
    auto docs = VectorCollection::open(engine, "docs").value();
    ASSERT_THAT(docs.upsert("a\tb", std::vector<float>{1}, "{\"n\":\n1}"), Succeeds());
    ASSERT_THAT(docs.upsert("\xFF", std::vector<float>{2}), Succeeds());
    ASSERT_THAT(engine.close(), Succeeds());
  }
  const std::vector<std::string> search = {"vector",   "search", data_,           "docs",
                                           "--vector", "[1]",    "--with-payload"};
  EXPECT_EQ(run_tool(search).out, "a\\tb\t0\t{\"n\":\\n1}\n\\xff\t1\n");
  const auto json = json_of(search);
  EXPECT_EQ(json.at("hits").at(0).at("id"), "a\tb");
  EXPECT_EQ(json.at("hits").at(0).at("payload").at("n"), 1);
  EXPECT_EQ(json.at("hits").at(1).at("id_base64"), "/w==");
  EXPECT_FALSE(json.as_object().contains("explanation"));
}

TEST_F(VerbVector, explains_how_it_has_searched) {
  make_plane(20);
  const std::vector<std::string> search = {"vector",   "search", data_,      "plane",
                                           "--vector", "[3, 1]", "--explain"};
  EXPECT_THAT(run_tool(search).out,
              AllOf(StartsWith("03\t0\n"), HasSubstr("plan"), HasSubstr("points visited")));
  EXPECT_EQ(json_of(search).at("explanation").at("points"), 20);
}

TEST_F(VerbVector, says_what_is_wrong_with_a_search) {
  make_plane(5);
  const auto error_of = [&](std::vector<std::string> more, int status) {
    more.insert(more.begin(), {"vector", "search", data_, "plane"});
    const ToolRun run = run_tool(more);
    EXPECT_THAT(run, ExitsWith(status));
    EXPECT_THAT(run.out, IsEmpty());
    return run.err;
  };
  EXPECT_THAT(error_of({}, 2), HasSubstr("--vector, --id and --file"));
  EXPECT_THAT(error_of({"--id", "1", "--vector", "[1, 2]"}, 2), HasSubstr("one of"));
  EXPECT_THAT(error_of({"--id", "1", "--explain"}, 2), HasSubstr("--explain"));
  EXPECT_THAT(error_of({"--id", "none"}, 1), HasSubstr("\"none\""));
  EXPECT_THAT(error_of({"--vector", "1, 2"}, 2), HasSubstr("array of numbers"));
  EXPECT_THAT(error_of({"--vector", "[1, \"2\"]"}, 2), HasSubstr("array of numbers"));
  EXPECT_THAT(error_of({"--vector", "[1]"}, 2), HasSubstr("1 dimensions"));
  EXPECT_THAT(error_of({"--vector", "[1, 2]", "-k", "0"}, 2), HasSubstr("k = 0"));
  EXPECT_THAT(error_of({"--vector", "[1, 2]", "--filter", "year >="}, 2), HasSubstr("year >="));
  EXPECT_THAT(error_of({"--vector", "[1, 2]", "--recall", "2"}, 2), HasSubstr("recall"));
  error_of({"--vector", "[1, 2]", "--recall", "0.9", "--ef-search", "10"}, 2);
  const std::string queries = rows("queries.fbin", {{0, 1}});
  EXPECT_THAT(error_of({"--file", queries, "--row", "1"}, 2), HasSubstr("row 1"));
  EXPECT_THAT(error_of({"--file", queries, "--row", "9"}, 2), HasSubstr("row 9"));
}

TEST_F(VerbVector, imports_under_the_ids_that_it_is_told) {
  make_plane(3);
  const std::string more = rows("more.fbin", {{50, 1}, {60, 1}, {70, 1}});
  write_file(scratch_ / "names", "fifty\nsixty\nseventy\n");
  const ToolRun named = run_tool({"vector", "import", data_, "plane", more, "--ids",
                                  (scratch_ / "names").string(), "--offset", "1", "--no-wait"});
  EXPECT_THAT(named, ExitsWith(0));
  EXPECT_THAT(named.err, AllOf(HasSubstr("imported 2 points"), Not(HasSubstr("indexed"))));
  EXPECT_EQ(run_tool({"vector", "search", data_, "plane", "--vector", "[51, 1]", "-k", "1"}).out,
            "sixty\t81\n");
  const auto numbered = json_of({"vector", "import", data_, "plane", more, "--id-prefix",
                                 "more:", "--first-id", "7", "--id-digits", "3", "--limit", "1"});
  EXPECT_EQ(numbered.at("points"), 1);
  EXPECT_EQ(numbered.at("complete"), true);
  EXPECT_EQ(run_tool({"vector", "search", data_, "plane", "--vector", "[50, 1]", "-k", "1"}).out,
            "more:007\t0\n");
}

TEST_F(VerbVector, import_tells_how_to_create_a_collection_and_creates_none) {
  ASSERT_THAT(run_tool({"put", data_, "key", "value"}), ExitsWith(0));
  const std::string file = rows("rows.fbin", {{1, 2}});
  const ToolRun run = run_tool({"vector", "import", data_, "docs", file});
  EXPECT_THAT(run, ExitsWith(1));
  EXPECT_THAT(run.err, AllOf(StartsWith("quartz: vector import: "),
                             HasSubstr("quartz vector create " + data_ + " docs")));
  EXPECT_THAT(run_tool({"vector", "list", data_}).out, IsEmpty());
  EXPECT_THAT(run_tool({"vector", "import", (scratch_ / "none").string(), "docs", file}),
              ExitsWith(1));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "none"));
}

TEST_F(VerbVector, import_names_the_row_that_is_wrong_and_keeps_what_was_before) {
  ASSERT_THAT(run_tool({"vector", "create", data_, "docs", "--dimensions", "2"}), ExitsWith(0));
  const std::string file = rows("rows.fbin", {{1, 2}, {3, 4}, {0, 0}});
  const ToolRun run = run_tool({"vector", "import", data_, "docs", file, "--batch", "2", "--json"});
  EXPECT_THAT(run, ExitsWith(6));
  EXPECT_THAT(run.err, AllOf(HasSubstr("rows.fbin: row 2"), HasSubstr("hint")));
  const auto summary = boost::json::parse(run.out);
  EXPECT_EQ(summary.at("points"), 2);
  EXPECT_EQ(summary.at("complete"), false);
  EXPECT_EQ(json_of({"vector", "info", data_, "docs"}).at("statistics").at("points"), 2);
}

TEST_F(VerbVector, import_has_a_status_for_each_fault_of_a_file) {
  ASSERT_THAT(run_tool({"vector", "create", data_, "docs", "--dimensions", "2"}), ExitsWith(0));
  const auto import = [&](const std::string& file) {
    return run_tool({"vector", "import", data_, "docs", file});
  };
  EXPECT_THAT(import((scratch_ / "none.fbin").string()), ExitsWith(5));
  write_file(scratch_ / "cut.fbin", "abc");
  EXPECT_THAT(import((scratch_ / "cut.fbin").string()), ExitsWith(6));
  write_file(scratch_ / "rows.txt", "abc");
  const ToolRun unknown = import((scratch_ / "rows.txt").string());
  EXPECT_THAT(unknown, ExitsWith(2));
  EXPECT_THAT(unknown.err, HasSubstr("u8bin"));
  const ToolRun dimensions = import(rows("three.fbin", {{1, 2, 3}}));
  EXPECT_THAT(dimensions, ExitsWith(6));
  EXPECT_THAT(dimensions.err, HasSubstr("3 dimensions"));
}

TEST_F(VerbVector, brings_back_what_was_exported) {
  make_plane(12);
  const std::string file = (scratch_ / "out.npy").string();
  const ToolRun run = run_tool({"vector", "export", data_, "plane", file});
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.err, HasSubstr("exported 12 points"));
  ASSERT_THAT(run_tool({"vector", "create", data_, "copy", "--dimensions", "2", "--metric", "l2"}),
              ExitsWith(0));
  ASSERT_THAT(run_tool({"vector", "import", data_, "copy", file, "--ids", file + ".ids"}),
              ExitsWith(0));
  EXPECT_EQ(run_tool({"vector", "search", data_, "copy", "--vector", "[11, 1]", "-k", "2"}).out,
            "11\t0\n10\t1\n");
  const auto some =
      json_of({"vector", "export", data_, "plane", (scratch_ / "some").string(), "--format",
               "u8bin", "--filter", "id >= '10'", "--ids", (scratch_ / "names").string()});
  EXPECT_EQ(some.at("points"), 2);
  EXPECT_EQ(file_text(scratch_ / "names"), "10\n11\n");
  EXPECT_THAT(run_tool({"vector", "export", data_, "plane", (scratch_ / "x.y").string()}),
              ExitsWith(2));
}

TEST_F(VerbVector, takes_payloads_to_a_file_and_from_there) {
  make_plane(2);
  const std::string more = rows("more.fbin", {{50, 1}, {60, 1}});
  const std::string payloads = (scratch_ / "more.jsonl").string();
  write_file(payloads, "{\"old\": true}\n\n");
  EXPECT_THAT(run_tool({"vector", "import", data_, "plane", more, "--id-prefix",
                        "more:", "--payloads", payloads}),
              ExitsWith(0));
  EXPECT_EQ(run_tool({"vector", "search", data_, "plane", "--vector", "[60, 1]", "--filter",
                      "old == true"})
                .out,
            "more:0\t100\n");
  const std::string again = (scratch_ / "again.jsonl").string();
  const ToolRun run = run_tool(
      {"vector", "export", data_, "plane", (scratch_ / "x.fbin").string(), "--payloads", again});
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.err, Not(HasSubstr("left out")));
  EXPECT_EQ(file_text(again), "\n\n{\"old\": true}\n\n");
}

TEST_F(VerbVector, says_what_an_export_leaves_out) {
  ASSERT_THAT(run_tool({"vector", "create", data_, "docs", "--dimensions", "1"}), ExitsWith(0));
  {
    auto engine = StorageEngine::open(data_).value();
    auto docs = VectorCollection::open(engine, "docs").value();
    ASSERT_THAT(docs.upsert({.id = "a", .vectors = {{1}, {2}, {3}}, .payload = "{}"}), Succeeds());
    ASSERT_THAT(engine.close(), Succeeds());
  }
  const ToolRun run =
      run_tool({"vector", "export", data_, "docs", (scratch_ / "out.fbin").string()});
  EXPECT_THAT(run.err, AllOf(HasSubstr("2 more vectors"), HasSubstr("1 payloads")));
}

TEST_F(VerbVector, builds_the_index_anew_and_measures_it) {
  std::vector<std::vector<float>> vectors;
  for (int i = 0; i < 2500; ++i) {
    vectors.push_back({static_cast<float>(i % 50), static_cast<float>(i / 50), 1});
  }
  ASSERT_THAT(run_tool({"vector", "create", data_, "grid", "--dimensions", "3", "--metric", "l2"}),
              ExitsWith(0));
  const ToolRun import = run_tool({"vector", "import", data_, "grid", rows("grid.fbin", vectors)});
  EXPECT_THAT(import.err, AllOf(HasSubstr("imported 2,500 points"), HasSubstr("indexed after")));
  const ToolRun run = run_tool(
      {"vector", "reindex", data_, "grid", "--quantization", "f16", "--m", "8", "--threads", "1"});
  EXPECT_THAT(run, ExitsWith(0));
  EXPECT_THAT(run.err, HasSubstr("indexed 2,500 points"));
  const auto info = json_of({"vector", "info", data_, "grid"});
  EXPECT_EQ(info.at("config").at("index").at("quantization"), "f16");
  EXPECT_EQ(info.at("config").at("index").at("m"), 8);
  EXPECT_EQ(info.at("config").at("index").at("ef_construction"), 200);
  EXPECT_EQ(info.at("statistics").at("opened_by"), "loaded");
  EXPECT_EQ(info.at("statistics").at("vectors_pending"), 0);
  const auto recall = json_of(
      {"vector", "recall", data_, "grid", "-k", "1", "--ef-search", "400", "--samples", "20"});
  EXPECT_EQ(recall.at("samples"), 20);
  // A grid has four equally near ones, of which any will do.
  EXPECT_EQ(recall.at("recall").to_number<double>(), 1);
  EXPECT_THAT(run_tool({"vector", "recall", data_, "grid"}).out,
              ContainsRegex("recall@10 = [01]\\.[0-9]+, with 100 of the points"));
  EXPECT_THAT(run_tool({"vector", "reindex", data_, "grid", "--m", "1"}), ExitsWith(2));
}

// Waits until the tool has the database, by which time it remembers signals.
void wait_until_open(const std::string& directory, const RunningTool& tool) {
  const std::string holder = std::to_string(tool.id()) + "\n";
  while (file_text(std::filesystem::path(directory) / "LOCK") != holder) {
    std::this_thread::yield();
  }
}

TEST_F(VerbVector, stops_measuring_and_indexing_when_interrupted_and_says_by_what) {
  make_plane(2500);
  // Each would take far longer than a signal on its way.
  const std::vector<std::vector<std::string>> verbs = {
      {"vector", "recall", data_, "plane", "-k", "2500", "--samples", "2500"},
      {"vector", "reindex", data_, "plane", "--m", "64", "--ef-construction", "2000", "--threads",
       "1"}};
  for (const auto& verb : verbs) {
    for (const auto& [signal, status] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}}) {
      RunningTool tool(verb);
      wait_until_open(data_, tool);
      tool.signal(signal);
      const ToolRun run = tool.finish();
      EXPECT_THAT(run, ExitsWith(status)) << verb[1];
      EXPECT_THAT(run.err, HasSubstr("interrupted")) << verb[1];
      EXPECT_THAT(run.out, IsEmpty());
    }
  }
}

TEST_F(VerbVector, describes_a_collection_for_people) {
  make_plane(3);
  EXPECT_THAT(run_tool({"vector", "info", data_, "plane"}).out,
              AllOf(StartsWith("Collection plane\n"), HasSubstr("sq8"), HasSubstr("m 16"),
                    ContainsRegex("points +3\n"), ContainsRegex("in all +[0-9.]+ ")));
}

TEST_F(VerbVector, info_has_every_field_of_the_header) {
  make_plane(1);
  const std::string header =
      file_text(test_data("../../../include/quartz/vector/vector_statistics.hpp"));
  const auto statistics = json_of({"vector", "info", data_, "plane"}).at("statistics").as_object();
  std::size_t fields = 0;
  for (const char* type : {"std::uint64_t ", "bool ", "std::string "}) {
    for (auto at = header.find(type); at != std::string::npos; at = header.find(type, at + 1)) {
      const std::size_t begin = at + std::strlen(type);
      const std::string field = header.substr(begin, header.find_first_of(" ;", begin) - begin);
      EXPECT_TRUE(statistics.contains(field)) << field;
      ++fields;
    }
  }
  EXPECT_EQ(fields, statistics.size());
}

TEST_F(VerbVector, has_help_for_each_of_its_verbs) {
  for (const char* verb :
       {"create", "import", "search", "info", "list", "recall", "reindex", "export", "drop"}) {
    const ToolRun run = run_tool({"vector", verb, "--help"});
    EXPECT_THAT(run, ExitsWith(0));
    EXPECT_THAT(run.out, HasSubstr("DIR"));
    EXPECT_THAT(run_tool({"vector", "--help"}).out, HasSubstr(verb));
  }
}

TEST_F(VerbVector, finds_real_pictures) {
  const auto base = find_data_set("mnist-784.base.u8bin");
  const auto query = find_data_set("mnist-784.query.u8bin");
  if (!base || !query) GTEST_SKIP() << "mnist-784 is not there; QUARTZ_DATA_DIR says where it is";
  ASSERT_THAT(
      run_tool({"vector", "create", data_, "digits", "--dimensions", "784", "--metric", "l2"}),
      ExitsWith(0));
  ASSERT_THAT(run_tool({"vector", "import", data_, "digits", base->string(), "--limit", "3000"}),
              ExitsWith(0));
  const std::vector<std::string> search = {"vector",        "search", data_, "digits",   "--file",
                                           query->string(), "--row",  "3",   "--recall", "0.99"};
  std::vector<std::string> exact = search;
  exact.emplace_back("--exact");
  EXPECT_EQ(run_tool(search).out.substr(0, 5), run_tool(exact).out.substr(0, 5));
}

}  // namespace
}  // namespace quartz
