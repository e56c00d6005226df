#include "server/service/key_waits.hpp"

#include <array>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "server/service/service.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::server {
namespace {

class KeyWaitQueues : public testing::Test {
 protected:
  std::unique_ptr<KeyWaits::Place> enter(std::vector<std::string> keys, int& wakes,
                                         RowKind kind = RowKind::list) {
    return waits_.enter(*service_->databases().find(0), kind, keys, [&wakes] { ++wakes; });
  }
  void write(std::string_view key) {
    ASSERT_TRUE(
        service_->run(*service_->databases().find(0), [&](DatabaseView& view) -> Result<bool> {
          view.transaction().put(view.database().rows, key, "v");
          return true;
        }));
  }

  ScratchDirectory scratch_;
  StorageEngine engine_ = StorageEngine::open(scratch_ / "data").value();
  std::unique_ptr<Service> service_ = Service::open(engine_).value();
  KeyWaits waits_{service_->key_changes()};
  int first_ = 0;
  int second_ = 0;
};

TEST_F(KeyWaitQueues, a_write_wakes_only_the_first_to_come) {
  const auto first = enter({"k"}, first_);
  const auto second = enter({"k"}, second_);
  write("other");
  EXPECT_EQ(first_, 0);
  write("k");
  EXPECT_EQ(first_, 1);
  EXPECT_EQ(second_, 0);
}

TEST_F(KeyWaitQueues, one_who_was_woken_is_woken_again_only_once_it_has_looked) {
  const auto first = enter({"k"}, first_);
  write("k");
  write("k");
  EXPECT_EQ(first_, 1);
  first->begin_look();
  write("k");
  EXPECT_EQ(first_, 2);
}

TEST_F(KeyWaitQueues, one_who_leaves_without_having_looked_wakes_the_next) {
  auto first = enter({"k"}, first_);
  const auto second = enter({"k"}, second_);
  write("k");
  first.reset();
  EXPECT_EQ(second_, 1);
}

TEST_F(KeyWaitQueues, one_who_leaves_after_a_vain_look_wakes_nobody) {
  auto first = enter({"k"}, first_);
  const auto second = enter({"k"}, second_);
  write("k");
  first->begin_look();
  first.reset();
  EXPECT_EQ(second_, 0);
  write("k");
  EXPECT_EQ(second_, 1);
}

TEST_F(KeyWaitQueues, one_who_waits_for_several_keys_passes_on_all_of_them) {
  auto first = enter({"a", "b", "a"}, first_);
  const auto second = enter({"b"}, second_);
  write("a");
  write("b");
  EXPECT_EQ(first_, 1);
  EXPECT_EQ(second_, 0);
  first.reset();
  EXPECT_EQ(second_, 1);
}

TEST_F(KeyWaitQueues, who_waits_for_another_kind_stands_in_another_queue) {
  const auto first = enter({"k"}, first_);
  const auto second = enter({"k"}, second_, RowKind::sorted_set);
  write("k");
  EXPECT_EQ(first_, 1);
  EXPECT_EQ(second_, 1);
}

TEST_F(KeyWaitQueues, while_nobody_waits_nobody_wants_to_hear_of_changes) {
  auto first = enter({"k"}, first_);
  EXPECT_EQ(waits_.count(), 1U);
  EXPECT_TRUE(service_->key_changes().wanted());
  first.reset();
  EXPECT_EQ(waits_.count(), 0U);
  EXPECT_FALSE(service_->key_changes().wanted());
}

}  // namespace
}  // namespace quartz::server
