#include "protocol/filter_lexer.hpp"

#include <limits>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "quartz/vector/filter_limits.hpp"
#include "support/result_matchers.hpp"

namespace quartz::protocol {
namespace {

using Kind = FilterToken::Kind;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

Result<std::vector<FilterToken>> tokens(std::string_view text) {
  auto lexer = FilterLexer::open(text);
  if (!lexer) return lexer.error();
  std::vector<FilterToken> all;
  while (true) {
    auto token = lexer->next();
    if (!token) return token.error();
    if (token->kind == Kind::end) return all;
    all.push_back(*token);
  }
}

std::vector<Kind> kinds(std::string_view text) {
  const auto read = tokens(text).value();
  std::vector<Kind> all;
  for (const FilterToken& token : read) all.push_back(token.kind);
  return all;
}

// The one literal that a text is.
FilterValue value(std::string_view text) {
  const auto all = tokens(text).value();
  EXPECT_EQ(all.size(), 1u) << text;
  EXPECT_EQ(all.front().kind, Kind::value) << text;
  return all.front().value;
}

// The names of the one path that a text is.
std::vector<std::string> names(std::string_view text) {
  const auto all = tokens(text).value();
  EXPECT_EQ(all.size(), 1u) << text;
  EXPECT_EQ(all.front().kind, Kind::field) << text;
  return all.front().path.names;
}

auto fails_at(std::size_t offset, const std::string& message) {
  return FailsWith(
      Errc::invalid_argument,
      AllOf(StartsWith("filter: at offset " + std::to_string(offset) + ": "), HasSubstr(message)));
}

TEST(FilterLexer, words_and_symbols_of_the_language) {
  EXPECT_THAT(kinds("and && or || not !"),
              ElementsAre(Kind::conjunction, Kind::conjunction, Kind::disjunction,
                          Kind::disjunction, Kind::negation, Kind::negation));
  EXPECT_THAT(kinds("in exists starts_with id ()[],"),
              ElementsAre(Kind::in, Kind::exists, Kind::starts_with, Kind::id, Kind::open,
                          Kind::close, Kind::open_list, Kind::close_list, Kind::comma));
  std::vector<FilterRelation> relations;
  const auto read = tokens("== != < <= > >=").value();
  for (const auto& token : read) relations.push_back(token.relation);
  EXPECT_THAT(relations, ElementsAre(FilterRelation::equal, FilterRelation::not_equal,
                                     FilterRelation::less, FilterRelation::less_or_equal,
                                     FilterRelation::greater, FilterRelation::greater_or_equal));
}

TEST(FilterLexer, symbols_need_no_space_around_them) {
  EXPECT_THAT(
      kinds("!(a<=1&&b!=2)"),
      ElementsAre(Kind::negation, Kind::open, Kind::field, Kind::relation, Kind::value,
                  Kind::conjunction, Kind::field, Kind::relation, Kind::value, Kind::close));
}

TEST(FilterLexer, tokens_know_where_they_stand) {
  const auto all = tokens(" year\t>=\r\n2020").value();
  ASSERT_EQ(all.size(), 3u);
  EXPECT_EQ(all[0].offset, 1u);
  EXPECT_EQ(all[1].text, ">=");
  EXPECT_EQ(all[2].offset, 10u);
  EXPECT_EQ(all[2].text, "2020");
}

TEST(FilterLexer, the_end_is_there_as_often_as_it_is_asked_for) {
  auto lexer = FilterLexer::open("a ").value();
  EXPECT_EQ(lexer.next()->kind, Kind::field);
  EXPECT_EQ(lexer.next()->kind, Kind::end);
  EXPECT_EQ(lexer.next()->kind, Kind::end);
}

TEST(FilterLexer, paths_are_names_between_dots) {
  EXPECT_THAT(names("year"), ElementsAre("year"));
  EXPECT_THAT(names("author.name"), ElementsAre("author", "name"));
  EXPECT_THAT(names("_a-b9.0"), ElementsAre("_a-b9", "0"));
  EXPECT_THAT(names("größe.日本"), ElementsAre("größe", "日本"));
}

TEST(FilterLexer, words_of_the_language_are_names_beside_a_dot_or_in_backquotes) {
  EXPECT_THAT(names("author.id"), ElementsAre("author", "id"));
  EXPECT_THAT(names("in.not"), ElementsAre("in", "not"));
  EXPECT_THAT(names("`id`"), ElementsAre("id"));
  EXPECT_THAT(names("`exists`"), ElementsAre("exists"));
  EXPECT_THAT(names("order"), ElementsAre("order"));
  EXPECT_THAT(names("AND"), ElementsAre("AND"));
}

TEST(FilterLexer, quoted_names_hold_anything) {
  EXPECT_THAT(names("`first name`.`a.b`.c"), ElementsAre("first name", "a.b", "c"));
  EXPECT_THAT(names("``"), ElementsAre(""));
  EXPECT_THAT(names(R"(`a\`b\\`)"), ElementsAre("a`b\\"));
  EXPECT_THAT(names("`it's`"), ElementsAre("it's"));
}

TEST(FilterLexer, texts_stand_in_either_quote) {
  EXPECT_EQ(value("'en'"), FilterValue("en"));
  EXPECT_EQ(value("\"en\""), FilterValue("en"));
  EXPECT_EQ(value("''"), FilterValue(""));
  EXPECT_EQ(value("\"it's\""), FilterValue("it's"));
  EXPECT_EQ(value("'日本'"), FilterValue("日本"));
}

TEST(FilterLexer, escapes_stand_for_bytes_and_code_points) {
  EXPECT_EQ(value(R"('\n\t\r\b\f\\\'\"\`\/')"), FilterValue("\n\t\r\b\f\\'\"`/"));
  EXPECT_EQ(value(R"('\0')"), FilterValue(std::string(1, '\0')));
  EXPECT_EQ(value(R"('\x41\xfF')"), FilterValue("A\xFF"));
  EXPECT_EQ(value(R"('\u00e9\uD83E\uDD80')"), FilterValue("é🦀"));
}

TEST(FilterLexer, numbers_keep_all_64_bits) {
  EXPECT_EQ(value("0"), FilterValue(0));
  EXPECT_EQ(value("-7"), FilterValue(-7));
  EXPECT_EQ(value("9223372036854775807"), FilterValue(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(value("-9223372036854775808"), FilterValue(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(value("18446744073709551615"), FilterValue(std::numeric_limits<std::uint64_t>::max()));
  EXPECT_EQ(value("9.5"), FilterValue(9.5));
  EXPECT_EQ(value("-1.5e-3"), FilterValue(-0.0015));
  EXPECT_EQ(value("2E3"), FilterValue(2000.0));
}

TEST(FilterLexer, truth_and_null_are_values) {
  EXPECT_EQ(value("true"), FilterValue(true));
  EXPECT_EQ(value("false"), FilterValue(false));
  EXPECT_EQ(value("null"), FilterValue(nullptr));
}

TEST(FilterLexer, what_begins_no_token_is_named_with_its_place) {
  EXPECT_THAT(tokens("a # 1"), fails_at(2, "unexpected '#'"));
  EXPECT_THAT(tokens("a = 1"), fails_at(2, "equality is written '=='"));
  EXPECT_THAT(tokens("a <> 1"), fails_at(2, "inequality is written '!='"));
  EXPECT_THAT(tokens("a & b"), fails_at(2, "'and' or '&&'"));
  EXPECT_THAT(tokens("a | b"), fails_at(2, "'or' or '||'"));
  EXPECT_THAT(tokens("a == +1"), fails_at(5, "no '+' in front"));
  EXPECT_THAT(tokens("a == .5"), fails_at(5, "begins with a digit"));
  EXPECT_THAT(tokens(std::string_view("a\0b", 3)), fails_at(1, "unexpected '?'"));
}

TEST(FilterLexer, malformed_numbers_are_refused) {
  EXPECT_THAT(tokens("-"), fails_at(1, "expected a digit"));
  EXPECT_THAT(tokens("-x"), fails_at(1, "expected a digit"));
  EXPECT_THAT(tokens("007"), fails_at(0, "does not begin with 0"));
  EXPECT_THAT(tokens("1."), fails_at(1, "expected digits behind the point"));
  EXPECT_THAT(tokens("1.5.5"), fails_at(3, "expected digits behind the point"));
  EXPECT_THAT(tokens("12ab"), fails_at(2, "expected the end of the number"));
  EXPECT_THAT(tokens("1e"), fails_at(1, "expected the end of the number"));
  EXPECT_THAT(tokens("0x10"), fails_at(1, "expected the end of the number"));
}

TEST(FilterLexer, numbers_that_no_machine_number_holds_are_refused) {
  EXPECT_THAT(tokens("18446744073709551616"), fails_at(0, "more than 64 bits"));
  EXPECT_THAT(tokens("-9223372036854775809"), fails_at(0, "more than 64 bits"));
  EXPECT_THAT(tokens("1e400"), fails_at(0, "too large for a double"));
  EXPECT_THAT(tokens(std::string(5000, '9')), fails_at(0, "too large for a double"));
}

TEST(FilterLexer, texts_and_names_have_to_be_closed) {
  EXPECT_THAT(tokens("a == 'en"), fails_at(5, "the ' is never closed"));
  EXPECT_THAT(tokens("a == \"en'"), fails_at(5, "the \" is never closed"));
  EXPECT_THAT(tokens("`a b"), fails_at(0, "the ` is never closed"));
  EXPECT_THAT(tokens("'a\\'"), fails_at(0, "never closed"));
}

TEST(FilterLexer, control_characters_in_quotes_are_refused) {
  EXPECT_THAT(tokens("'a\nb'"), fails_at(2, "control character"));
  EXPECT_THAT(tokens(std::string_view("'\0'", 3)), fails_at(1, "control character"));
  EXPECT_THAT(tokens("`\x7F`"), fails_at(1, "control character"));
}

TEST(FilterLexer, unknown_and_incomplete_escapes_are_refused) {
  EXPECT_THAT(tokens(R"('ab\q')"), fails_at(3, "unknown escape"));
  EXPECT_THAT(tokens("'ab\\"), fails_at(3, "unknown escape"));
  EXPECT_THAT(tokens(R"('\x4')"), fails_at(1, "two hexadecimal digits"));
  EXPECT_THAT(tokens(R"('\u00g0')"), fails_at(1, "four hexadecimal digits"));
  EXPECT_THAT(tokens(R"('\uD83E')"), fails_at(1, "surrogate"));
}

TEST(FilterLexer, paths_have_a_name_on_each_side_of_a_dot) {
  EXPECT_THAT(tokens("a. b"), fails_at(2, "expected a name behind the dot"));
  EXPECT_THAT(tokens("a..b"), fails_at(2, "expected a name behind the dot"));
  EXPECT_THAT(tokens("a."), fails_at(2, "expected a name behind the dot"));
}

TEST(FilterLexer, text_has_to_be_utf8) {
  EXPECT_THAT(tokens("a == 'x\xFFy'"), fails_at(7, "not UTF-8"));
  EXPECT_THAT(tokens("\xC3"), fails_at(0, "not UTF-8"));
}

TEST(FilterLexer, text_may_not_be_longer_than_its_limit) {
  std::string text = "a == '" + std::string(kFilterTextBytesMax - 7, 'x') + "'";
  EXPECT_THAT(tokens(text), Succeeds());
  text += ' ';
  EXPECT_THAT(tokens(text),
              FailsWith(Errc::too_large, HasSubstr("65537 bytes, and at most 65536")));
}

}  // namespace
}  // namespace quartz::protocol
