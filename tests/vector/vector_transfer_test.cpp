#include "quartz/vector/vector_transfer.hpp"

#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "quartz/vector/payload_limits.hpp"
#include "support/corrupt_file.hpp"
#include "support/data_sets.hpp"
#include "support/result_matchers.hpp"
#include "vector/sample_collection.hpp"
#include "vector/vector_file_bytes.hpp"
#include "vector/vector_file_reader.hpp"
#include "vector/vector_file_writer.hpp"

namespace quartz {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

using Vector = std::vector<float>;

class VectorTransfer : public VectorCollectionTest {
 protected:
  /// A file of `count` rows of two dimensions, of which row n is (n, n + 1).
  std::filesystem::path plane(const std::string& name, std::size_t count) {
    std::filesystem::path path = scratch_ / name;
    auto writer = vector::VectorFileWriter::create(files_, path, {.dimensions = 2}).value();
    for (std::size_t n = 0; n < count; ++n) {
      writer.append(Vector{static_cast<float>(n), static_cast<float>(n + 1)}).value();
    }
    writer.finish().value();
    return path;
  }
  std::filesystem::path text(const std::string& name, std::string_view content) {
    std::filesystem::path path = scratch_ / name;
    overwrite_file(path, content);
    return path;
  }
  static std::vector<std::string> ids_in(const VectorCollection& docs) {
    std::vector<std::string> ids;
    const auto points = docs.scroll({.limit = 1000}).value();
    for (const VectorPoint& point : points) ids.push_back(point.id);
    return ids;
  }
  std::vector<Vector> rows_of(const std::filesystem::path& path) {
    auto reader = vector::VectorFileReader::open(files_, path).value();
    std::vector<Vector> rows(reader.count(), Vector(reader.dimensions()));
    for (Vector& row : rows) EXPECT_EQ(reader.read(std::span<float>(row)).value(), 1u);
    return rows;
  }

  io::FileSystem& files_ = io::posix_file_system();
  const VectorCollectionConfig plane_ = {.dimensions = 2, .metric = Metric::l2};
};

TEST_F(VectorTransfer, makes_a_point_of_each_row_of_every_format) {
  VectorCollection docs = open(plane_);
  for (const char* format : {"fvecs", "ivecs", "bvecs", "fbin", "ibin", "u8bin", "i8bin", "npy"}) {
    const auto path = plane(std::string("rows.") + format, 5);
    const auto summary =
        import_vectors(docs, path, {.id_prefix = format + std::string(":")}).value();
    EXPECT_EQ(summary.points, 5u);
    EXPECT_EQ(summary.batches, 1u);
    EXPECT_EQ(docs.get(format + std::string(":3")).value()->vectors, std::vector<Vector>({{3, 4}}));
  }
  EXPECT_EQ(docs.count(), 40u);
}

TEST_F(VectorTransfer, believes_the_format_that_it_is_told) {
  VectorCollection docs = open(plane_);
  const auto path = plane("rows.fbin", 3);
  std::filesystem::rename(path, scratch_ / "rows.dat");
  EXPECT_THAT(import_vectors(docs, scratch_ / "rows.dat"),
              FailsWith(Errc::invalid_argument, HasSubstr("rows.dat")));
  EXPECT_EQ(import_vectors(docs, scratch_ / "rows.dat", {.format = VectorFormat::fbin})->points,
            3u);
}

TEST_F(VectorTransfer, numbers_ids_so_that_their_order_is_that_of_the_rows) {
  VectorCollection docs = open(plane_);
  ASSERT_THAT(import_vectors(docs, plane("rows.fbin", 11), {.id_prefix = "r"}), Succeeds());
  EXPECT_THAT(ids_in(docs), ElementsAre("r00", "r01", "r02", "r03", "r04", "r05", "r06", "r07",
                                        "r08", "r09", "r10"));
}

TEST_F(VectorTransfer, imports_a_file_part_by_part_under_the_same_ids) {
  VectorCollection docs = open(plane_);
  const auto path = plane("rows.fbin", 12);
  EXPECT_EQ(import_vectors(docs, path, {.offset = 10})->points, 2u);
  EXPECT_EQ(import_vectors(docs, path, {.limit = 2, .first_id = 90})->points, 2u);
  EXPECT_EQ(import_vectors(docs, path, {.offset = 4, .limit = 1, .id_digits = 5})->points, 1u);
  EXPECT_EQ(import_vectors(docs, path, {.offset = 12})->points, 0u);
  EXPECT_THAT(ids_in(docs), ElementsAre("00004", "090", "091", "10", "11"));
  EXPECT_EQ(docs.get("11").value()->vectors.front(), Vector({11, 12}));
  EXPECT_THAT(import_vectors(docs, path, {.offset = 13}),
              FailsWith(Errc::invalid_argument, HasSubstr("13")));
}

TEST_F(VectorTransfer, takes_ids_from_a_file) {
  VectorCollection docs = open(plane_);
  const auto path = plane("rows.fbin", 4);
  const auto ids = text("names", "zebra\nline\\nbreak\nape\nbat\n");
  ASSERT_THAT(import_vectors(docs, path, {.offset = 1, .limit = 2, .ids_path = ids}), Succeeds());
  EXPECT_THAT(ids_in(docs), ElementsAre("ape", "line\nbreak"));
  EXPECT_EQ(docs.get("ape").value()->vectors.front(), Vector({2, 3}));
}

TEST_F(VectorTransfer, writes_nothing_if_ids_and_rows_do_not_agree) {
  VectorCollection docs = open(plane_);
  const auto path = plane("rows.fbin", 3);
  EXPECT_THAT(import_vectors(docs, path, {.ids_path = text("two", "a\nb\n")}),
              FailsWith(Errc::invalid_argument, AllOf(HasSubstr("2 ids"), HasSubstr("3 rows"))));
  EXPECT_THAT(import_vectors(docs, path, {.ids_path = text("bad", "a\nb\n\\q\n")}),
              FailsWith(Errc::corruption, HasSubstr("line 3")));
  EXPECT_THAT(import_vectors(docs, path, {.ids_path = scratch_ / "none"}),
              FailsWith(Errc::not_found));
  EXPECT_EQ(docs.count(), 0u);
}

TEST_F(VectorTransfer, takes_payloads_from_a_file) {
  VectorCollection docs = open(plane_);
  const auto path = plane("rows.fbin", 4);
  const auto payloads = text("rows.jsonl", "{\"n\":0}\n{\"n\":1}\r\n\n{\"n\":3}");
  ASSERT_THAT(import_vectors(docs, path, {.offset = 1, .payloads_path = payloads}), Succeeds());
  EXPECT_EQ(docs.get("1").value()->payload, R"({"n":1})");
  EXPECT_EQ(docs.get("2").value()->payload, "");
  EXPECT_EQ(docs.get("3").value()->payload, R"({"n":3})");
}

TEST_F(VectorTransfer, writes_nothing_if_payloads_and_rows_do_not_agree) {
  VectorCollection docs = open(plane_);
  const auto path = plane("rows.fbin", 3);
  EXPECT_THAT(
      import_vectors(docs, path, {.payloads_path = text("two", "{}\n{}\n")}),
      FailsWith(Errc::invalid_argument, AllOf(HasSubstr("2 payloads"), HasSubstr("3 rows"))));
  const std::string too_long(kPayloadBytesMax + 2, ' ');
  EXPECT_THAT(import_vectors(docs, path, {.payloads_path = text("long", "{}\n" + too_long)}),
              FailsWith(Errc::corruption, AllOf(HasSubstr("long: line 2"), HasSubstr("1048576"))));
  EXPECT_THAT(import_vectors(docs, path, {.payloads_path = scratch_ / "none"}),
              FailsWith(Errc::not_found));
  EXPECT_EQ(docs.count(), 0u);
}

TEST_F(VectorTransfer, names_the_row_whose_payload_is_none) {
  VectorCollection docs = open(plane_);
  const auto payloads = text("rows.jsonl", "{}\n{}\n[1]\n");
  EXPECT_THAT(
      import_vectors(docs, plane("rows.fbin", 3), {.payloads_path = payloads, .batch_rows = 1}),
      FailsWith(Errc::invalid_argument, AllOf(HasSubstr("row 2"), HasSubstr("2 rows"))));
  EXPECT_EQ(docs.count(), 2u);
}

TEST_F(VectorTransfer, names_the_row_that_cannot_be_stored_and_keeps_the_batches_before_it) {
  VectorCollection docs = open({.dimensions = 2, .metric = Metric::cosine});
  const auto path = text(
      "rows.fbin",
      vector::bin_file(5, 2, vector::encoded(1.F, 1.F, 2.F, 1.F, 3.F, 1.F, 0.F, 0.F, 5.F, 1.F)));
  EXPECT_THAT(import_vectors(docs, path, {.batch_rows = 2}),
              FailsWith(Errc::invalid_argument,
                        AllOf(HasSubstr("rows.fbin: row 3"), HasSubstr("2 rows before it"))));
  EXPECT_THAT(ids_in(docs), ElementsAre("0", "1"));
  const auto not_finite =
      text("nan.fbin",
           vector::bin_file(1, 2, vector::encoded(1.F, std::numeric_limits<float>::quiet_NaN())));
  EXPECT_THAT(import_vectors(docs, not_finite),
              FailsWith(Errc::invalid_argument, HasSubstr("row 0")));
}

TEST_F(VectorTransfer, refuses_what_makes_no_sense) {
  VectorCollection docs = open({.dimensions = 3, .metric = Metric::l2});
  const auto path = plane("rows.fbin", 3);
  EXPECT_THAT(
      import_vectors(docs, path),
      FailsWith(Errc::invalid_argument,
                AllOf(HasSubstr("rows.fbin"), HasSubstr("2 dimensions"), HasSubstr("have 3"))));
  EXPECT_THAT(import_vectors(docs, path, {.batch_rows = 0}), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(import_vectors(docs, path, {.id_digits = 2000}), FailsWith(Errc::too_large));
  EXPECT_THAT(import_vectors(docs, scratch_ / "none.fbin"), FailsWith(Errc::not_found));
  EXPECT_THAT(import_vectors(docs, text("cut.fbin", "xyz")), FailsWith(Errc::corruption));
  VectorCollection flat = VectorCollection::open(engine_, "flat", plane_).value();
  EXPECT_THAT(import_vectors(flat, path, {.first_id = std::numeric_limits<std::uint64_t>::max()}),
              FailsWith(Errc::invalid_argument, HasSubstr("first_id")));
  EXPECT_THAT(import_vectors(flat, path, {.id_prefix = std::string(1024, 'p')}),
              FailsWith(Errc::too_large, HasSubstr("row 0")));
  EXPECT_EQ(flat.count(), 0u);
}

TEST_F(VectorTransfer, tells_how_far_it_is_and_ends_when_told) {
  VectorCollection docs = open(plane_);
  const auto path = plane("rows.fbin", 7);
  std::vector<std::pair<std::uint64_t, std::uint64_t>> told;
  const auto listen = [&](std::uint64_t done, std::uint64_t total) -> Result<void> {
    told.emplace_back(done, total);
    if (done == 6) return Error(Errc::cancelled, "enough");
    return {};
  };
  EXPECT_THAT(import_vectors(docs, path, {.batch_rows = 3, .progress = listen}),
              FailsWith(Errc::cancelled, HasSubstr("enough")));
  EXPECT_THAT(told, ElementsAre(Pair(3, 7), Pair(6, 7)));
  EXPECT_EQ(docs.count(), 6u);
  EXPECT_EQ(import_vectors(docs, path, {.batch_rows = 3})->batches, 3u);
  EXPECT_EQ(docs.count(), 7u);
}

TEST_F(VectorTransfer, brings_back_what_was_exported) {
  VectorCollection docs = open(plane_);
  ASSERT_THAT(docs.upsert("plain", Vector{1.5F, -2}), Succeeds());
  ASSERT_THAT(docs.upsert({.id = "a\nb\\", .vectors = {{3, 4}, {5, 6}, {7, 8}}}), Succeeds());
  ASSERT_THAT(docs.upsert("paid", Vector{0, 0}, R"({"x":1})"), Succeeds());
  for (const char* name : {"all.fvecs", "all.fbin", "all.npy"}) {
    const auto path = scratch_ / name;
    const auto summary = export_vectors(docs, path).value();
    EXPECT_EQ(summary.points, 3u);
    EXPECT_EQ(summary.vectors_left_out, 2u);
    EXPECT_EQ(summary.payloads_left_out, 1u);
    auto copy = VectorCollection::open(engine_, name, plane_).value();
    ASSERT_THAT(import_vectors(copy, path, {.ids_path = path.string() + ".ids"}), Succeeds());
    EXPECT_EQ(ids_in(copy), ids_in(docs));
    EXPECT_EQ(copy.get("plain").value(), docs.get("plain").value());
    EXPECT_THAT(copy.get("a\nb\\").value()->vectors, ElementsAre(Vector({3, 4})));
  }
}

TEST_F(VectorTransfer, brings_back_payloads_if_there_is_a_file_for_them) {
  VectorCollection docs = open(plane_);
  ASSERT_THAT(docs.upsert("a", Vector{1, 2}, "{\"x\":\n [1,\r\n 2]}"), Succeeds());
  ASSERT_THAT(docs.upsert("b", Vector{3, 4}), Succeeds());
  ASSERT_THAT(docs.upsert("c", Vector{5, 6}, R"({"text":"line\nbreak"})"), Succeeds());
  const auto path = scratch_ / "all.fbin";
  const auto payloads = scratch_ / "all.jsonl";
  EXPECT_EQ(export_vectors(docs, path, {.payloads_path = payloads})->payloads_left_out, 0u);
  EXPECT_EQ(file_contents(payloads), "{\"x\":  [1,   2]}\n\n{\"text\":\"line\\nbreak\"}\n");
  auto copy = VectorCollection::open(engine_, "copy", plane_).value();
  ASSERT_THAT(
      import_vectors(copy, path, {.ids_path = path.string() + ".ids", .payloads_path = payloads}),
      Succeeds());
  EXPECT_EQ(copy.count("x == 2").value(), 1u);
  EXPECT_EQ(copy.get("b").value(), docs.get("b").value());
  EXPECT_EQ(copy.get("c").value(), docs.get("c").value());
  EXPECT_THAT(export_vectors(docs, path, {.payloads_path = path}),
              FailsWith(Errc::invalid_argument, HasSubstr("all.fbin")));
  EXPECT_THAT(export_vectors(docs, path, {.payloads_path = path.string() + ".ids"}),
              FailsWith(Errc::invalid_argument));
}

TEST_F(VectorTransfer, refuses_one_file_under_two_spellings_and_leaves_it_alone) {
  VectorCollection docs = open(plane_);
  ASSERT_THAT(docs.upsert("a", Vector{1, 2}), Succeeds());
  const auto path = scratch_ / "all.fbin";
  ASSERT_THAT(export_vectors(docs, path), Succeeds());
  const std::string before = file_contents(path);
  for (const auto& other : {scratch_ / "." / "all.fbin", std::filesystem::relative(path)}) {
    EXPECT_THAT(export_vectors(docs, path, {.ids_path = other}),
                FailsWith(Errc::invalid_argument, HasSubstr("all.fbin")));
    EXPECT_THAT(export_vectors(docs, path, {.payloads_path = other}),
                FailsWith(Errc::invalid_argument, HasSubstr("all.fbin")));
  }
  EXPECT_EQ(file_contents(path), before);
}

TEST_F(VectorTransfer, exports_points_in_the_order_of_their_ids_beyond_a_page) {
  VectorCollection docs = open(plane_);
  ASSERT_THAT(import_vectors(docs, plane("rows.fbin", 700)), Succeeds());
  std::uint64_t told = 0;
  const auto listen = [&](std::uint64_t done, std::uint64_t total) {
    told = done;
    EXPECT_EQ(total, 700u);
    return Result<void>();
  };
  ASSERT_THAT(export_vectors(docs, scratch_ / "out.ibin", {.progress = listen}), Succeeds());
  EXPECT_EQ(rows_of(scratch_ / "out.ibin"), rows_of(scratch_ / "rows.fbin"));
  EXPECT_GE(told, 500u);
}

TEST_F(VectorTransfer, exports_points_that_match_where_it_is_told) {
  VectorCollection docs = open(plane_);
  ASSERT_THAT(docs.upsert("a", Vector{1, 2}, R"({"year":1999})"), Succeeds());
  ASSERT_THAT(docs.upsert("b", Vector{3, 4}, R"({"year":2024})"), Succeeds());
  const auto summary = export_vectors(
      docs, scratch_ / "new.dat",
      {.format = VectorFormat::u8bin, .ids_path = scratch_ / "new.txt", .filter = "year > 2000"});
  EXPECT_EQ(summary->points, 1u);
  EXPECT_EQ(file_contents(scratch_ / "new.txt"), "b\n");
  EXPECT_EQ(file_contents(scratch_ / "new.dat"),
            vector::bin_file(1, 2, vector::encoded(std::uint8_t{3}, std::uint8_t{4})));
}

TEST_F(VectorTransfer, leaves_both_files_alone_if_one_cannot_be_written) {
  VectorCollection docs = open(plane_);
  const auto old = text("out.u8bin", "old");
  text("out.u8bin.ids", "old");
  ASSERT_THAT(docs.upsert("half", Vector{0.5F, 2}), Succeeds());
  EXPECT_THAT(export_vectors(docs, old),
              FailsWith(Errc::invalid_argument, AllOf(HasSubstr("half"), HasSubstr("0.5"))));
  EXPECT_THAT(export_vectors(docs, scratch_ / "out.xyz"), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(export_vectors(docs, old, {.filter = "year >"}), FailsWith(Errc::invalid_argument));
  EXPECT_THAT(export_vectors(docs, old, {.ids_path = old}), FailsWith(Errc::invalid_argument));
  const auto enough = [](std::uint64_t, std::uint64_t) -> Result<void> {
    return Error(Errc::cancelled, "enough");
  };
  ASSERT_THAT(import_vectors(docs, plane("rows.u8bin", 250)), Succeeds());
  ASSERT_THAT(import_vectors(docs, plane("rows.u8bin", 250), {.id_prefix = "a"}), Succeeds());
  EXPECT_THAT(export_vectors(docs, scratch_ / "stopped.fbin", {.progress = enough}),
              FailsWith(Errc::cancelled));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "stopped.fbin"));
  EXPECT_EQ(file_contents(old), "old");
  EXPECT_EQ(file_contents(scratch_ / "out.u8bin.ids"), "old");
}

TEST_F(VectorTransfer, exports_an_empty_collection_where_the_format_can_say_so) {
  VectorCollection docs = open(plane_);
  EXPECT_EQ(export_vectors(docs, scratch_ / "none.fbin")->points, 0u);
  EXPECT_THAT(rows_of(scratch_ / "none.fbin"), IsEmpty());
  EXPECT_EQ(file_contents(scratch_ / "none.fbin.ids"), "");
  EXPECT_THAT(export_vectors(docs, scratch_ / "none.fvecs"), FailsWith(Errc::invalid_argument));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "none.fvecs.ids"));
}

TEST_F(VectorTransfer, finds_real_pictures_that_it_has_imported) {
  const auto base = find_data_set("mnist-784.base.u8bin");
  if (!base) GTEST_SKIP() << "mnist-784 is not there; QUARTZ_DATA_DIR says where it is";
  VectorCollection digits = open({.dimensions = 784, .metric = Metric::l2});
  ASSERT_EQ(import_vectors(digits, *base, {.limit = 500, .id_prefix = "digit:"})->points, 500u);
  EXPECT_THAT(digits.scroll({.limit = 1}).value(), SizeIs(1));
  const auto point = digits.get("digit:00123").value();
  ASSERT_TRUE(point.has_value());
  const auto hits = digits.search(point->vectors.front(), {.k = 1}).value();
  ASSERT_THAT(hits, SizeIs(1));
  EXPECT_EQ(hits[0].id, "digit:00123");
  EXPECT_FLOAT_EQ(hits[0].score, 0);
}

}  // namespace
}  // namespace quartz
