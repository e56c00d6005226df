#include "vector/point_table.hpp"

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace quartz::vector {
namespace {

PointEntry::Owned entry(const std::string& id, std::uint64_t version = 0) {
  const Slot slot = 0;
  return PointEntry::make(id, version, 1, {&slot, 1}, {});
}

TEST(PointTable, finds_what_was_put_and_nothing_else) {
  PointTable table;
  EXPECT_EQ(table.find("a"), nullptr);
  EXPECT_EQ(table.remove("a"), nullptr);
  const auto a = entry("a");
  EXPECT_EQ(table.put(a.get()), nullptr);
  EXPECT_EQ(table.find("a"), a.get());
  EXPECT_EQ(table.find("b"), nullptr);
  const auto again = entry("a", 2);
  EXPECT_EQ(table.put(again.get()), a.get());
  EXPECT_EQ(table.find("a"), again.get());
  EXPECT_EQ(table.size(), 1u);
}

TEST(PointTable, agrees_with_a_map_through_many_changes) {
  PointTable table;
  std::map<std::string, PointEntry::Owned> model;
  Random random(1);
  for (int step = 0; step < 20'000; ++step) {
    const std::string id = "id" + std::to_string(random.below(700));
    if (random.one_in(2)) {
      auto removed = model.find(id);
      EXPECT_EQ(table.remove(id), removed == model.end() ? nullptr : removed->second.get());
      if (removed != model.end()) model.erase(removed);
    } else {
      auto fresh = entry(id);
      PointEntry* const replaced = model.contains(id) ? model[id].get() : nullptr;
      EXPECT_EQ(table.put(fresh.get()), replaced);
      model[id] = std::move(fresh);
    }
  }
  EXPECT_EQ(table.size(), model.size());
  for (const auto& [id, owned] : model) EXPECT_EQ(table.find(id), owned.get());
  std::size_t seen = 0;
  table.for_each([&](const PointEntry& one) {
    ++seen;
    EXPECT_TRUE(model.contains(std::string(one.id())));
  });
  EXPECT_EQ(seen, model.size());
}

TEST(PointEntry, is_visible_from_its_write_until_the_one_that_removes_it) {
  const std::vector<Slot> slots = {4, 5};
  const auto point = PointEntry::make("id", 7, 10, slots, "{}");
  EXPECT_FALSE(point->visible_at(9));
  EXPECT_TRUE(point->visible_at(10));
  point->remove_at(20);
  EXPECT_TRUE(point->visible_at(19));
  EXPECT_FALSE(point->visible_at(20));
  EXPECT_EQ(point->id(), "id");
  EXPECT_EQ(point->payload(), "{}");
  EXPECT_EQ(point->version(), 7u);
  EXPECT_FALSE(point->drop_slot());
  EXPECT_TRUE(point->drop_slot());
}

}  // namespace
}  // namespace quartz::vector
