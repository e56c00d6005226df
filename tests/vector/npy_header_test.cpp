#include "vector/npy_header.hpp"

#include "support/result_matchers.hpp"

namespace quartz::vector {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::uint64_t kTextOffset = 10;

Result<NpyHeader> parse(std::string_view text) {
  return parse_npy_header("a.npy", kTextOffset, text);
}

/// A header whose shape, type or order is as given.
std::string with_shape(std::string_view shape) {
  return "{'descr': '<f4', 'fortran_order': False, 'shape': " + std::string(shape) + ", }";
}
std::string with_type(std::string_view type) {
  return "{'descr': " + std::string(type) + ", 'fortran_order': False, 'shape': (2, 3), }";
}
std::string with_order(std::string_view order) {
  return "{'descr': '<f4', 'fortran_order': " + std::string(order) + ", 'shape': (2, 3), }";
}

TEST(NpyHeader, as_numpy_writes_it_is_understood) {
  const NpyHeader header = parse(with_shape("(60000, 784)") + std::string(52, ' ') + "\n").value();
  EXPECT_EQ(header.element, ElementType::float32);
  EXPECT_EQ(header.count, 60'000u);
  EXPECT_EQ(header.dimensions, 784u);
  EXPECT_EQ(header.shape_offset, kTextOffset + 51);
}

TEST(NpyHeader, names_one_of_five_types) {
  EXPECT_EQ(parse(with_type("'<f4'"))->element, ElementType::float32);
  EXPECT_EQ(parse(with_type("'<f8'"))->element, ElementType::float64);
  EXPECT_EQ(parse(with_type("'|u1'"))->element, ElementType::uint8);
  EXPECT_EQ(parse(with_type("'|i1'"))->element, ElementType::int8);
  EXPECT_EQ(parse(with_type("'<i4'"))->element, ElementType::int32);
}

TEST(NpyHeader, may_have_its_keys_in_any_order_and_any_spaces_and_quotes) {
  for (const char* text :
       {"{'shape':(2,3),'fortran_order':False,'descr':'|u1'}",
        "{ \"fortran_order\" : False ,\n \"descr\"\t: \"|u1\" , \"shape\" : ( 2 , 3 , ) , }\n",
        "  {'descr': '|u1', 'shape': (2L, 3L), 'fortran_order': False}"}) {
    const auto header = parse(text);
    ASSERT_THAT(header, Succeeds()) << text;
    EXPECT_EQ(header->element, ElementType::uint8) << text;
    EXPECT_EQ(header->count, 2u) << text;
    EXPECT_EQ(header->dimensions, 3u) << text;
  }
}

TEST(NpyHeader, of_one_axis_is_one_row) {
  const NpyHeader header = parse(with_shape("(784,)")).value();
  EXPECT_EQ(header.count, 1u);
  EXPECT_EQ(header.dimensions, 784u);
}

TEST(NpyHeader, of_no_axis_or_more_than_two_is_unsupported) {
  EXPECT_THAT(parse(with_shape("()")), FailsWith(Errc::unsupported, HasSubstr("0 axes")));
  EXPECT_THAT(parse(with_shape("(2, 3, 4)")),
              FailsWith(Errc::unsupported, AllOf(HasSubstr("a.npy: "), HasSubstr("3 axes"))));
}

TEST(NpyHeader, in_fortrans_order_is_unsupported_and_says_what_to_do) {
  EXPECT_THAT(
      parse(with_order("True")),
      FailsWith(Errc::unsupported, AllOf(HasSubstr("Fortran"), HasSubstr("ascontiguousarray"))));
}

TEST(NpyHeader, of_another_type_is_unsupported_and_names_it) {
  EXPECT_THAT(parse(with_type("'>f4'")),
              FailsWith(Errc::unsupported, AllOf(HasSubstr("'>f4'"), HasSubstr("big endian"))));
  for (const char* type : {"'<f2'", "'<i8'", "'|b1'", "'<c8'", "'|O'", "''", "'f4'"}) {
    EXPECT_THAT(parse(with_type(type)),
                FailsWith(Errc::unsupported, AllOf(HasSubstr(type), HasSubstr("<f4"))));
  }
  EXPECT_THAT(parse(with_type("[('x', '<f4'), ('y', '<f4')]")),
              FailsWith(Errc::unsupported, HasSubstr("records")));
}

TEST(NpyHeader, must_have_each_key_once_and_no_other) {
  EXPECT_THAT(parse("{'fortran_order': False, 'shape': (2, 3)}"),
              FailsWith(Errc::corruption, HasSubstr("'descr'")));
  EXPECT_THAT(parse("{'descr': '<f4', 'shape': (2, 3)}"),
              FailsWith(Errc::corruption, HasSubstr("'fortran_order'")));
  EXPECT_THAT(parse("{'descr': '<f4', 'fortran_order': False}"),
              FailsWith(Errc::corruption, HasSubstr("'shape'")));
  EXPECT_THAT(parse("{}"), FailsWith(Errc::corruption));
  EXPECT_THAT(parse("{'descr': '<f4', 'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)}"),
              FailsWith(Errc::corruption, AllOf(HasSubstr("offset 27"), HasSubstr("once each"))));
  EXPECT_THAT(parse("{'names': '<f4'}"), FailsWith(Errc::corruption, HasSubstr("once each")));
}

TEST(NpyHeader, that_is_no_such_text_is_damaged_and_the_offset_is_named) {
  EXPECT_THAT(parse(""), FailsWith(Errc::corruption, HasSubstr("offset 10 should have '{'")));
  EXPECT_THAT(parse("[1]"), FailsWith(Errc::corruption, HasSubstr("offset 10")));
  EXPECT_THAT(parse("{'descr' '<f4'}"), FailsWith(Errc::corruption, HasSubstr("offset 19")));
  EXPECT_THAT(parse("{descr: '<f4'}"), FailsWith(Errc::corruption, HasSubstr("a string")));
  EXPECT_THAT(parse("{'descr"), FailsWith(Errc::corruption, HasSubstr("ends")));
  EXPECT_THAT(parse(with_order("false")), FailsWith(Errc::corruption, HasSubstr("True or False")));
  EXPECT_THAT(parse(with_order("0")), FailsWith(Errc::corruption, HasSubstr("True or False")));
  EXPECT_THAT(parse(with_type("4")), FailsWith(Errc::corruption, HasSubstr("a string")));
  EXPECT_THAT(parse(with_shape("(2, 3)") + "x"), FailsWith(Errc::corruption, HasSubstr("the end")));
}

TEST(NpyHeader, has_a_shape_that_is_a_tuple_of_whole_numbers) {
  for (const char* shape : {"(784)", "784", "[2, 3]", "(2 3)", "(2, 3", "(,)", "(-2, 3)", "(a, b)",
                            "(2.5, 3)", "(18446744073709551616, 3)", "('2', 3)", "(2,, 3)"}) {
    EXPECT_THAT(parse(with_shape(shape)), FailsWith(Errc::corruption)) << shape;
  }
  EXPECT_EQ(parse(with_shape("(18446744073709551615, 3)"))->count, ~std::uint64_t{0});
}

TEST(NpyHeader, cut_anywhere_is_damaged) {
  const std::string whole = with_shape("(2, 3)");
  for (std::size_t bytes = 0; bytes < whole.size(); ++bytes) {
    EXPECT_THAT(parse(whole.substr(0, bytes)), FailsWith(Errc::corruption)) << bytes;
  }
}

TEST(NpyHeader, is_written_as_numpy_does) {
  EXPECT_EQ(format_npy_header(ElementType::float32, 60'000, 784),
            "{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 784), }");
  for (const auto element : {ElementType::float32, ElementType::float64, ElementType::uint8,
                             ElementType::int8, ElementType::int32}) {
    const NpyHeader header = parse(format_npy_header(element, 5, 7)).value();
    EXPECT_EQ(header.element, element);
    EXPECT_EQ(header.count, 5u);
    EXPECT_EQ(header.dimensions, 7u);
  }
}

}  // namespace
}  // namespace quartz::vector
