#include "storage/keyspace_registry.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "quartz/storage/limits.hpp"
#include "support/result_matchers.hpp"

namespace quartz::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> names_of(const KeyspaceRegistry& registry) {
  std::vector<std::string> names;
  for (const Keyspace& keyspace : registry.all()) names.push_back(keyspace.name());
  return names;
}

KeyspaceId add(KeyspaceRegistry& registry, std::string_view name) {
  const KeyspaceId id = registry.reserve_id(name).value();
  static_cast<void>(registry.add(id, name));
  return id;
}

TEST(KeyspaceName, of_letters_digits_and_three_marks_is_allowed) {
  for (const std::string_view name : {"a", "Z", "0", "orders.2024_eu-west", "..", "-"}) {
    EXPECT_THAT(check_keyspace_name(name), Succeeds()) << name;
  }
}

TEST(KeyspaceName, of_anything_else_is_refused) {
  using namespace std::string_literals;
  for (const std::string& name : {""s, "a b"s, "a/b"s, "a\0b"s, "\n"s, "grün"s, "a:b"s}) {
    EXPECT_THAT(check_keyspace_name(name), FailsWith(Errc::invalid_argument)) << name;
  }
}

TEST(KeyspaceName, of_the_largest_size_passes_and_one_byte_more_names_the_limit) {
  EXPECT_THAT(check_keyspace_name(std::string(kKeyspaceNameBytesMax, 'n')), Succeeds());
  EXPECT_THAT(check_keyspace_name(std::string(kKeyspaceNameBytesMax + 1, 'n')),
              FailsWith(Errc::too_large, HasSubstr("kKeyspaceNameBytesMax")));
}

TEST(KeyspaceRegistry, always_has_the_default_keyspace) {
  const KeyspaceRegistry registry(1, {});
  EXPECT_EQ(registry.default_keyspace().name(), "default");
  EXPECT_THAT(names_of(registry), ElementsAre("default"));
  EXPECT_EQ(registry.find("default")->id, kDefaultKeyspaceId);
  EXPECT_EQ(registry.find(kDefaultKeyspaceId), registry.find("default"));
}

TEST(KeyspaceRegistry, knows_what_existed_and_gives_out_higher_ids) {
  const std::vector<LevelsKeyspace> existing = {{0, "default"}, {7, "names"}, {3, "ages"}};
  KeyspaceRegistry registry(1, existing);
  EXPECT_THAT(names_of(registry), ElementsAre("default", "ages", "names"));
  EXPECT_EQ(registry.find("names")->id, 7u);
  EXPECT_EQ(registry.find(3)->name, "ages");
  EXPECT_EQ(registry.reserve_id("more").value(), 8u);
}

TEST(KeyspaceRegistry, finds_by_name_and_id_until_it_is_removed) {
  KeyspaceRegistry registry(1, {});
  const KeyspaceId id = add(registry, "names");
  EXPECT_EQ(registry.find("names")->id, id);
  EXPECT_EQ(registry.find(id)->name, "names");
  registry.remove("names");
  EXPECT_EQ(registry.find("names"), nullptr);
  EXPECT_EQ(registry.find(id), nullptr);
}

TEST(KeyspaceRegistry, refuses_a_name_that_is_taken) {
  KeyspaceRegistry registry(1, {});
  add(registry, "names");
  EXPECT_THAT(registry.reserve_id("names"), FailsWith(Errc::already_exists, HasSubstr("names")));
  EXPECT_THAT(registry.reserve_id("default"), FailsWith(Errc::already_exists));
}

TEST(KeyspaceRegistry, never_gives_an_id_out_twice) {
  KeyspaceRegistry registry(1, {});
  const KeyspaceId first = add(registry, "names");
  registry.remove("names");
  EXPECT_NE(add(registry, "names"), first);
}

TEST(KeyspaceRegistry, is_full_at_its_limit_and_names_it) {
  KeyspaceRegistry registry(1, {});
  for (std::size_t i = 1; i < kKeyspacesMax; ++i) add(registry, "n" + std::to_string(i));
  EXPECT_THAT(registry.reserve_id("one.more"),
              FailsWith(Errc::too_large, HasSubstr("kKeyspacesMax")));
  registry.remove("n1");
  EXPECT_THAT(registry.reserve_id("one.more"), Succeeds());
}

TEST(KeyspaceRegistry, removing_an_unknown_name_does_nothing) {
  KeyspaceRegistry registry(1, {});
  registry.remove("unknown");
  EXPECT_THAT(names_of(registry), ElementsAre("default"));
}

}  // namespace
}  // namespace quartz::storage
