#include "server/service/hashes.hpp"

#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/random.hpp"
#include "server/service/database_fixture.hpp"
#include "server/service/keys.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

using Model = std::map<std::string, std::string>;

class Hashes : public DatabaseFixture {
 protected:
  static Model read_all(DatabaseView& view, std::string_view key) {
    Model fields;
    ElementRange range = hashes::all(view, key).value();
    for (; range.valid(); range.next()) fields.emplace(range.key(), range.value());
    EXPECT_THAT(range.finish(), Succeeds());
    return fields;
  }
  Model read_all(std::string_view key) {
    Transaction transaction(engine());
    DatabaseView view = service().view(transaction, database());
    return read_all(view, key);
  }

  /// One operation on both.
  static void step(DatabaseView& view, Model& model, Random& random) {
    const std::string field = std::string(random.below(3), 'f') + std::to_string(random.below(20));
    const std::string value = std::to_string(random.below(1000));
    switch (random.below(6)) {
      case 0: {
        const std::uint64_t added =
            hashes::put(view, "h", std::vector<hashes::Field>{{field, "1"}, {field, value}})
                .value();
        EXPECT_EQ(added, model.insert_or_assign(field, value).second ? 1u : 0u);
        break;
      }
      case 1:
        EXPECT_EQ(hashes::put_if_absent(view, "h", {field, value}).value(),
                  model.emplace(field, value).second);
        break;
      case 2:
      case 3: {
        const std::vector<std::string_view> fields{field, "absent", field};
        EXPECT_EQ(hashes::remove(view, "h", fields).value(), model.erase(field));
        break;
      }
      case 4: {
        std::string& number = model.try_emplace(field, "0").first->second;
        number = std::to_string(std::stoll(number) + 7);
        EXPECT_EQ(hashes::increment(view, "h", field, 7).value(), std::stoll(number));
        break;
      }
      default:
        const auto row = hashes::get(view, "h", field).value();
        const auto known = model.find(field);
        ASSERT_EQ(row.has_value(), known != model.end());
        if (row) {
          EXPECT_EQ(row->value, known->second);
        }
    }
    EXPECT_EQ(hashes::count(view, "h").value(), model.size());
    EXPECT_EQ(keys::kind(view, "h").value().has_value(), !model.empty());
  }
};

TEST_F(Hashes, random_operations_leave_what_they_leave_of_a_map) {
  Random random(20);
  Model model;
  for (int round = 0; round < 300; ++round) {
    Transaction transaction(engine());
    DatabaseView view = service().view(transaction, database());
    Model changed = model;
    const std::uint64_t steps = 1 + random.below(20);
    for (std::uint64_t i = 0; i < steps; ++i) step(view, changed, random);
    ASSERT_EQ(read_all(view, "h"), changed) << "round " << round;
    if (random.one_in(4)) continue;  // What is not committed has not happened.
    ASSERT_THAT(service().commit(transaction), Succeeds());
    model = changed;
    ASSERT_EQ(read_all("h"), model) << "round " << round;
    if (random.one_in(50)) reopen();
  }
}

TEST_F(Hashes, the_last_field_takes_the_hash_and_all_rows_of_it_with_it) {
  const std::vector<hashes::Field> fields{{"a", "1"}, {"b", "2"}};
  const std::vector<std::string_view> names{"a", "b"};
  ASSERT_THAT(run([&](DatabaseView& view) { return hashes::put(view, "h", fields); }), Succeeds());
  EXPECT_EQ(element_rows(), 2u);
  ASSERT_THAT(run([&](DatabaseView& view) { return hashes::remove(view, "h", names); }),
              Succeeds());
  EXPECT_EQ(element_rows(), 0u);
  EXPECT_EQ(keys_of(engine()), std::vector<std::string>());
}

TEST_F(Hashes, every_write_of_a_field_conflicts_with_those_who_looked_at_the_hash) {
  const auto put = [](std::string_view value) {
    return [value](DatabaseView& view) {
      return hashes::put(view, "h", std::vector<hashes::Field>{{"f", value}});
    };
  };
  ASSERT_THAT(run(put("1")), Succeeds());
  Transaction transaction(engine());
  DatabaseView view = service().view(transaction, database());
  EXPECT_EQ(read_all(view, "h"), (Model{{"f", "1"}}));
  ASSERT_THAT(run(put("2")), Succeeds());  // The number of fields stays.
  EXPECT_THAT(service().commit(transaction), FailsWith(Errc::conflict));
}

TEST_F(Hashes, a_field_that_is_not_found_is_a_promise_about_the_hash) {
  const std::vector<hashes::Field> one{{"f", "1"}};
  ASSERT_THAT(run([&](DatabaseView& view) { return hashes::put(view, "h", one); }), Succeeds());
  Transaction transaction(engine());
  DatabaseView view = service().view(transaction, database());
  EXPECT_FALSE(hashes::get(view, "h", "absent").value());
  ASSERT_THAT(run([&](DatabaseView& other) { return hashes::put(other, "h", one); }), Succeeds());
  EXPECT_THAT(service().commit(transaction), FailsWith(Errc::conflict));
}

TEST_F(Hashes, a_name_may_be_empty_or_long_but_not_longer_than_its_limit) {
  const std::string longest(kMemberBytesMax, 'x');
  const std::string longer = longest + 'x';
  const auto put = [&](std::string_view name) {
    return run([&](DatabaseView& view) {
      return hashes::put(view, "h", std::vector<hashes::Field>{{"", "v"}, {name, "v"}});
    });
  };
  EXPECT_THAT(put(longer), FailsWith(Errc::too_large, HasSubstr("longer than 32768")));
  EXPECT_EQ(keys_of(engine()), std::vector<std::string>());
  EXPECT_THAT(put(longest), Succeeds());
  EXPECT_EQ(read_all("h"), (Model{{"", "v"}, {longest, "v"}}));
  const auto get = run([&](DatabaseView& view) { return hashes::get(view, "h", longer); });
  ASSERT_THAT(get, Succeeds());
  EXPECT_FALSE(*get);
}

TEST_F(Hashes, a_hash_that_lacks_elements_is_told_to_be_damaged) {
  const std::vector<hashes::Field> two{{"a", "1"}, {"b", "2"}};
  ASSERT_THAT(run([&](DatabaseView& view) { return hashes::put(view, "h", two); }), Succeeds());
  Cursor cursor = engine().cursor({.keyspace = &database().elements});
  cursor.seek_to_first();
  ASSERT_TRUE(cursor.valid());
  ASSERT_THAT(engine().remove(database().elements, cursor.key()), Succeeds());
  const auto read = run([](DatabaseView& view) -> Result<bool> {
    ElementRange range = hashes::all(view, "h").value();
    while (range.valid()) range.next();
    const Result<void> finished = range.finish();
    if (!finished) return finished.error();
    return true;
  });
  EXPECT_THAT(read, FailsWith(Errc::corruption, HasSubstr("1 elements")));
}

}  // namespace
}  // namespace quartz::server
