#include "storage/radix_tree.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "base/random.hpp"
#include "storage/radix_tree_iterator.hpp"
#include "storage/stored_operations.hpp"

namespace quartz::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::IsEmpty;

void insert(RadixTree& tree, Arena& arena, Sequence sequence, OperationView operation,
            std::uint64_t key_hash) {
  tree.insert(arena, *arena.make<Version>(operation.data(), sequence, nullptr), key_hash);
}

// A tree with what it needs to live.
class Tree {
 public:
  void put(std::string_view key, std::string_view value = "value") {
    insert(tree_, arena_, ++sequence_, operations_.put(key, value), hash_key(key, 0));
  }
  const Version* find(std::string_view key, Sequence at = kSequenceMax) const {
    return tree_.find(key, hash_key(key, 0), at);
  }
  std::string value(std::string_view key, Sequence at = kSequenceMax) const {
    const Version* version = find(key, at);
    return version == nullptr ? "(none)" : std::string(OperationView(version->operation).value());
  }
  RadixTree::Iterator iterate() const { return RadixTree::Iterator(&tree_); }
  const RadixTree& tree() const { return tree_; }
  const Arena& arena() const { return arena_; }

 private:
  StoredOperations operations_{std::size_t{64} << 20};
  Arena arena_;
  RadixTree tree_;
  Sequence sequence_ = 0;
};

std::vector<std::string> keys_forward(const Tree& tree) {
  std::vector<std::string> keys;
  auto it = tree.iterate();
  for (it.seek_to_first(); it.valid(); it.next()) {
    keys.emplace_back(it.version()->key());
  }
  return keys;
}

std::vector<std::string> keys_backward(const Tree& tree) {
  std::vector<std::string> keys;
  auto it = tree.iterate();
  for (it.seek_to_last(); it.valid(); it.previous()) {
    keys.emplace_back(it.version()->key());
  }
  return keys;
}

std::string shown(const RadixTree::Iterator& it) {
  return it.valid() ? std::string(it.version()->key()) : "(end)";
}

void expect_holds_exactly(const Tree& tree, const std::set<std::string>& keys) {
  EXPECT_THAT(keys_forward(tree), ElementsAreArray(keys.begin(), keys.end()));
  EXPECT_THAT(keys_backward(tree), ElementsAreArray(keys.rbegin(), keys.rend()));
  for (const std::string& key : keys) {
    ASSERT_NE(tree.find(key), nullptr) << ::testing::PrintToString(key);
    EXPECT_EQ(tree.find(key)->key(), key);
  }
}

std::string byte_string(std::size_t byte) { return {static_cast<char>(byte)}; }

TEST(RadixTree, an_empty_tree_holds_nothing) {
  const Tree tree;
  EXPECT_EQ(tree.find(""), nullptr);
  EXPECT_EQ(tree.find("a"), nullptr);
  EXPECT_THAT(keys_forward(tree), IsEmpty());
  EXPECT_THAT(keys_backward(tree), IsEmpty());
}

TEST(RadixTree, a_single_key_is_found_and_no_other) {
  Tree tree;
  tree.put("middle", "here");
  EXPECT_EQ(tree.value("middle"), "here");
  EXPECT_EQ(tree.find(""), nullptr);
  EXPECT_EQ(tree.find("middl"), nullptr);
  EXPECT_EQ(tree.find("middles"), nullptr);
  EXPECT_EQ(tree.find("mozzle"), nullptr);
}

TEST(RadixTree, the_empty_key_is_a_key_and_the_smallest) {
  Tree tree;
  tree.put("");
  expect_holds_exactly(tree, {""});
  tree.put(std::string(1, '\0'));
  tree.put("a");
  expect_holds_exactly(tree, {"", std::string(1, '\0'), "a"});
}

TEST(RadixTree, keys_that_are_beginnings_of_each_other_live_together) {
  const std::vector<std::string> nested = {"abcd", "ab", "abcdefgh", "", "a", "abc", "abcdefg"};
  Tree tree;
  std::set<std::string> keys;
  for (const std::string& key : nested) {
    tree.put(key);
    keys.insert(key);
    expect_holds_exactly(tree, keys);
  }
  EXPECT_EQ(tree.find("abcde"), nullptr);
  EXPECT_EQ(tree.find("abcdef"), nullptr);
  EXPECT_EQ(tree.find("abcdefghi"), nullptr);
}

TEST(RadixTree, zero_bytes_are_told_from_the_end_of_a_key) {
  using namespace std::string_literals;
  Tree tree;
  std::set<std::string> keys;
  for (const std::string& key : {"a"s, "a\0"s, "a\0\0"s, "a\0\0\0b"s, "a\0b"s, "\0"s, "\0\0"s}) {
    tree.put(key);
    keys.insert(key);
  }
  expect_holds_exactly(tree, keys);
  EXPECT_EQ(tree.find("a\0\0\0"s), nullptr);
  EXPECT_EQ(tree.find(""), nullptr);
}

TEST(RadixTree, bytes_are_compared_without_a_sign) {
  Tree tree;
  tree.put("\x7f");
  tree.put("\x80");
  tree.put("\xff");
  tree.put("\x01");
  EXPECT_THAT(keys_forward(tree), ElementsAre("\x01", "\x7f", "\x80", "\xff"));
}

TEST(RadixTree, a_zero_byte_is_absent_from_a_node_with_unused_places) {
  // Unused places of a list look like keys of zero.
  Tree tree;
  tree.put("aa");
  tree.put("ab");
  EXPECT_EQ(tree.find(std::string("a\0", 2)), nullptr);
  tree.put(std::string("a\0", 2));
  EXPECT_NE(tree.find(std::string("a\0", 2)), nullptr);
}

// A node is built up child by child, through every size.
class NodeGrowth : public ::testing::TestWithParam<std::size_t> {};

TEST_P(NodeGrowth, keeps_every_child_at_each_step_in_ascending_order) {
  Tree tree;
  std::set<std::string> keys;
  for (std::size_t byte = 0; byte < GetParam(); ++byte) {
    tree.put("p" + byte_string(byte));
    keys.insert("p" + byte_string(byte));
  }
  expect_holds_exactly(tree, keys);
  for (std::size_t byte = GetParam(); byte < 256; ++byte) {
    EXPECT_EQ(tree.find("p" + byte_string(byte)), nullptr);
  }
}

TEST_P(NodeGrowth, keeps_every_child_in_descending_order_with_a_key_that_ends_at_the_node) {
  Tree tree;
  std::set<std::string> keys = {"p"};
  tree.put("p");
  for (std::size_t i = 0; i < GetParam(); ++i) {
    const std::string key = "p" + byte_string(255 - i) + "tail";
    tree.put(key);
    keys.insert(key);
  }
  expect_holds_exactly(tree, keys);
}

TEST_P(NodeGrowth, updates_replace_leaves_in_a_node_of_this_size) {
  Tree tree;
  for (std::size_t round = 0; round < 2; ++round) {
    for (std::size_t byte = 0; byte < GetParam(); ++byte) {
      tree.put(byte_string(byte), std::to_string(round));
    }
  }
  for (std::size_t byte = 0; byte < GetParam(); ++byte) {
    EXPECT_EQ(tree.value(byte_string(byte)), "1");
    EXPECT_EQ(tree.value(byte_string(byte), GetParam()), "0");
  }
}

TEST_P(NodeGrowth, a_prefix_above_a_node_of_this_size_can_be_cut) {
  for (std::size_t cut = 0; cut < 5; ++cut) {
    Tree tree;
    std::set<std::string> keys;
    for (std::size_t byte = 0; byte < GetParam(); ++byte) {
      tree.put("12345" + byte_string(byte));
      keys.insert("12345" + byte_string(byte));
    }
    const std::string other = std::string("12345").substr(0, cut) + "~";
    tree.put(other);
    keys.insert(other);
    tree.put(std::string("12345").substr(0, cut));
    keys.insert(std::string("12345").substr(0, cut));
    expect_holds_exactly(tree, keys);
  }
}

INSTANTIATE_TEST_SUITE_P(Sizes, NodeGrowth,
                         ::testing::Values(2u, 3u, 4u, 5u, 15u, 16u, 17u, 47u, 48u, 49u, 255u,
                                           256u));

TEST(RadixTree, prefixes_longer_than_a_node_holds_are_kept_and_cut_anywhere) {
  const std::string prefix(100, 'p');
  for (std::size_t cut = 0; cut <= prefix.size(); ++cut) {
    Tree tree;
    std::set<std::string> keys = {prefix + "a", prefix + "b", prefix.substr(0, cut) + "X"};
    tree.put(prefix + "a");
    tree.put(prefix + "b");
    tree.put(prefix.substr(0, cut) + "X");
    if (cut % 2 == 0) {
      tree.put(prefix.substr(0, cut));
      keys.insert(prefix.substr(0, cut));
    }
    expect_holds_exactly(tree, keys);
  }
}

TEST(RadixTree, a_long_prefix_can_be_cut_again_and_again) {
  const std::string prefix(300, 'q');
  for (const bool from_the_end : {false, true}) {
    Tree tree;
    std::set<std::string> keys = {prefix + "1", prefix + "2"};
    tree.put(prefix + "1");
    tree.put(prefix + "2");
    for (std::size_t i = 0; i < prefix.size(); i += 7) {
      const std::size_t cut = from_the_end ? prefix.size() - i : i;
      tree.put(prefix.substr(0, cut) + "!");
      keys.insert(prefix.substr(0, cut) + "!");
    }
    expect_holds_exactly(tree, keys);
  }
}

TEST(RadixTree, keys_of_the_largest_size_that_differ_in_the_last_byte_are_told_apart) {
  const std::string stem(65535, 'k');
  Tree tree;
  tree.put(stem + "a");
  tree.put(stem + "b");
  tree.put(stem);
  expect_holds_exactly(tree, {stem, stem + "a", stem + "b"});
  EXPECT_EQ(tree.find(stem + "c"), nullptr);
  EXPECT_EQ(tree.find(stem.substr(1)), nullptr);
}

TEST(RadixTree, thousands_of_nested_keys_need_no_recursion) {
  const std::string longest(20000, 'n');
  Tree tree;
  for (std::size_t size = 0; size <= longest.size(); size += 4) {
    tree.put(std::string_view(longest).substr(0, size));
  }
  std::size_t expected = 0;
  auto it = tree.iterate();
  for (it.seek_to_first(); it.valid(); it.next(), expected += 4) {
    ASSERT_EQ(it.version()->key().size(), expected);
  }
  EXPECT_EQ(expected, longest.size() + 4);
  for (it.seek_to_last(); it.valid(); it.previous()) {
    expected -= 4;
    ASSERT_EQ(it.version()->key().size(), expected);
  }
  EXPECT_EQ(expected, 0u);
}

TEST(RadixTree, an_older_sequence_sees_the_version_of_its_time) {
  Tree tree;
  tree.put("k", "first");   // 1
  tree.put("other", "x");   // 2
  tree.put("k", "second");  // 3
  tree.put("k", "third");   // 4
  EXPECT_EQ(tree.value("k", 0), "(none)");
  EXPECT_EQ(tree.value("k", 1), "first");
  EXPECT_EQ(tree.value("k", 2), "first");
  EXPECT_EQ(tree.value("k", 3), "second");
  EXPECT_EQ(tree.value("k"), "third");
}

TEST(RadixTree, versions_survive_the_splits_and_growth_around_them) {
  Tree tree;
  tree.put("key", "1");
  tree.put("key", "2");
  for (std::size_t byte = 0; byte < 256; ++byte) {
    tree.put("ke" + byte_string(byte));
    tree.put("key" + byte_string(byte));
  }
  EXPECT_EQ(tree.value("key", 1), "1");
  EXPECT_EQ(tree.value("key", 2), "2");
}

TEST(RadixTree, a_foreign_fingerprint_answers_before_the_leaf_is_looked_at) {
  Tree tree;
  tree.put("present");
  const std::uint64_t hash = hash_key("present", 0);
  EXPECT_NE(tree.tree().find("present", hash, kSequenceMax), nullptr);
  EXPECT_EQ(tree.tree().find("present", hash ^ (std::uint64_t{1} << 48), kSequenceMax), nullptr);
  EXPECT_EQ(tree.tree().find("present", hash ^ (std::uint64_t{1} << 63), kSequenceMax), nullptr);
}

TEST(RadixTree, an_equal_fingerprint_does_not_make_another_key_equal) {
  Tree tree;
  tree.put("present");
  EXPECT_EQ(tree.tree().find("prefers", hash_key("present", 0), kSequenceMax), nullptr);
  EXPECT_EQ(tree.tree().find("", hash_key("present", 0), kSequenceMax), nullptr);
  EXPECT_EQ(tree.tree().find("presentation", hash_key("present", 0), kSequenceMax), nullptr);
}

TEST(RadixTree, keys_with_equal_fingerprints_are_kept_apart_on_insertion) {
  StoredOperations operations;
  Arena arena;
  RadixTree tree;
  insert(tree, arena, 1, operations.put("one", "1"), 42);
  insert(tree, arena, 2, operations.put("two", "2"), 42);
  insert(tree, arena, 3, operations.put("one more", "3"), 42);
  EXPECT_EQ(tree.find("one", 42, kSequenceMax)->sequence, 1u);
  EXPECT_EQ(tree.find("two", 42, kSequenceMax)->sequence, 2u);
  EXPECT_EQ(tree.find("one more", 42, kSequenceMax)->sequence, 3u);
}

TEST(RadixTree, common_prefix_bytes_stops_at_the_first_difference_and_at_either_end) {
  const std::string text = "0123456789abcdefghij";
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] = '#';
    EXPECT_EQ(common_prefix_bytes(text, changed), i);
    EXPECT_EQ(common_prefix_bytes(text, text.substr(0, i)), i);
    EXPECT_EQ(common_prefix_bytes(text.substr(0, i), text), i);
  }
  EXPECT_EQ(common_prefix_bytes(text, text), text.size());
}

// Kinds of keys that bring about different trees.
std::string nested_key(Random& random) {
  constexpr std::string_view kBytes("\0\1a\xff", 4);
  std::string key;
  for (std::uint64_t i = random.below(7); i > 0; --i) {
    key += kBytes[random.below(kBytes.size())];
  }
  return key;
}
std::string binary_key(Random& random) {
  std::string key;
  for (std::uint64_t i = 2 + random.below(2); i > 0; --i) {
    key += static_cast<char>(random.next());
  }
  return key;
}
std::string number_key(Random& random) { return "key" + std::to_string(random.below(3000)); }
std::string long_key(Random& random) {
  // Long stretches in common, with differences at a few places.
  std::string key(40 + random.below(3) * 40, '-');
  for (std::uint64_t i = random.below(4); i > 0; --i) {
    key[random.below(key.size() / 13) * 13] = static_cast<char>('a' + random.below(3));
  }
  return key;
}

struct KeyKind {
  const char* name;
  std::string (*make)(Random&);
};

class RandomKeys : public ::testing::TestWithParam<KeyKind> {
 protected:
  // A tree and the same keys in order.
  void build(std::uint64_t seed, std::size_t insertions) {
    Random random(seed);
    for (std::size_t i = 0; i < insertions; ++i) {
      const std::string key = GetParam().make(random);
      tree_.put(key, std::to_string(i));
      values_[key] = std::to_string(i);
    }
  }
  std::string smallest_at_least(const std::string& key) const {
    const auto found = values_.lower_bound(key);
    return found == values_.end() ? "(end)" : found->first;
  }
  std::string largest_at_most(const std::string& key) const {
    const auto found = values_.upper_bound(key);
    return found == values_.begin() ? "(end)" : std::prev(found)->first;
  }

  Tree tree_;
  std::map<std::string, std::string> values_;
};

TEST_P(RandomKeys, are_found_with_their_newest_values) {
  build(1, 4000);
  for (const auto& [key, value] : values_) {
    EXPECT_EQ(tree_.value(key), value);
  }
}

TEST_P(RandomKeys, that_are_absent_are_not_found) {
  build(2, 1000);
  Random random(3);
  for (int i = 0; i < 4000; ++i) {
    const std::string key = GetParam().make(random);
    EXPECT_EQ(tree_.find(key) != nullptr, values_.contains(key));
  }
}

TEST_P(RandomKeys, come_in_order_both_ways) {
  build(4, 4000);
  std::vector<std::string> keys;
  for (const auto& [key, value] : values_) {
    keys.push_back(key);
  }
  EXPECT_EQ(keys_forward(tree_), keys);
  std::reverse(keys.begin(), keys.end());
  EXPECT_EQ(keys_backward(tree_), keys);
}

TEST_P(RandomKeys, are_met_by_seeks_to_them_and_between_them) {
  build(5, 500);
  Random random(6);
  auto it = tree_.iterate();
  for (int i = 0; i < 3000; ++i) {
    std::string key = GetParam().make(random);
    if (random.one_in(3)) {
      key.resize(random.below(key.size() + 1));
    } else if (random.one_in(3)) {
      key += static_cast<char>(random.next());
    }
    it.seek(key);
    EXPECT_EQ(shown(it), smallest_at_least(key)) << ::testing::PrintToString(key);
    it.seek_for_previous(key);
    EXPECT_EQ(shown(it), largest_at_most(key)) << ::testing::PrintToString(key);
  }
}

TEST_P(RandomKeys, can_be_walked_back_and_forth_from_anywhere) {
  build(7, 600);
  Random random(8);
  auto it = tree_.iterate();
  for (int walk = 0; walk < 200; ++walk) {
    const std::string start = GetParam().make(random);
    auto expected = values_.lower_bound(start);
    it.seek(start);
    while (expected != values_.end()) {
      ASSERT_EQ(shown(it), expected->first);
      if (random.one_in(20)) {
        break;
      }
      if (random.one_in(2)) {
        it.next();
        ++expected;
      } else if (expected == values_.begin()) {
        it.previous();
        ASSERT_FALSE(it.valid());
        break;
      } else {
        it.previous();
        --expected;
      }
    }
    if (expected == values_.end()) {
      ASSERT_FALSE(it.valid());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, RandomKeys,
                         ::testing::Values(KeyKind{"nested", nested_key},
                                           KeyKind{"binary", binary_key},
                                           KeyKind{"numbers", number_key},
                                           KeyKind{"long_ones", long_key}),
                         [](const auto& test) { return test.param.name; });

TEST(RadixTreeIterator, over_no_tree_is_never_valid) {
  RadixTree::Iterator it(nullptr);
  it.seek_to_first();
  EXPECT_FALSE(it.valid());
  it.seek_to_last();
  EXPECT_FALSE(it.valid());
  it.seek("a");
  EXPECT_FALSE(it.valid());
  it.seek_for_previous("a");
  EXPECT_FALSE(it.valid());
}

TEST(RadixTreeIterator, moves_with_its_place) {
  Tree tree;
  const std::string deep(200, 'd');
  for (std::size_t size = 0; size < deep.size(); ++size) {
    tree.put(deep.substr(0, size));
  }
  for (const std::size_t size : {std::size_t{3}, std::size_t{150}}) {
    auto it = tree.iterate();
    it.seek(deep.substr(0, size));
    RadixTree::Iterator moved = std::move(it);
    moved.next();
    EXPECT_EQ(moved.version()->key().size(), size + 1);
    it = std::move(moved);
    it.previous();
    it.previous();
    EXPECT_EQ(it.version()->key().size(), size - 1);
  }
}

TEST(RadixTreeIterator, keeps_its_order_while_the_tree_grows_around_it) {
  Tree tree;
  std::set<std::string> before;
  for (std::size_t byte = 1; byte < 256; byte += 32) {
    before.insert("stem" + byte_string(byte));
  }
  for (const std::string& key : before) {
    tree.put(key);
  }
  // Between any two steps the node under the iterator grows, its leaves split, its prefix is cut.
  std::vector<std::string> met;
  auto it = tree.iterate();
  std::size_t added = 0;
  for (it.seek_to_first(); it.valid(); it.next()) {
    if (before.contains(std::string(it.version()->key()))) {
      met.emplace_back(it.version()->key());
    }
    for (int i = 0; i < 30 && added < 256; ++i, ++added) {
      tree.put("stem" + byte_string(added) + "more");
    }
    tree.put("st" + std::to_string(added));
  }
  EXPECT_THAT(met, ElementsAreArray(before.begin(), before.end()));
}

// For ThreadSanitizer, and for readers that must see whole what was there before them.
TEST(RadixTree, readers_beside_the_writer_find_all_that_was_published) {
  constexpr std::size_t kKeys = 6000;
  Random random(9);
  std::vector<std::string> keys;
  StoredOperations operations;
  std::vector<OperationView> views;
  for (std::size_t i = 0; i < kKeys; ++i) {
    keys.push_back(i % 2 == 0 ? binary_key(random) + std::to_string(i) : nested_key(random));
    views.push_back(operations.put(keys.back(), std::to_string(i)));
  }
  Arena arena;
  RadixTree tree;
  std::atomic<std::size_t> published{0};
  std::thread reader([&] {
    Random choice(10);
    while (published.load(std::memory_order_acquire) < kKeys) {
      const std::size_t count = published.load(std::memory_order_acquire);
      for (int i = 0; count > 0 && i < 100; ++i) {
        const std::string& key = keys[choice.below(count)];
        const Version* version = tree.find(key, hash_key(key, 0), count);
        ASSERT_NE(version, nullptr);
        ASSERT_LE(version->sequence, count);
        ASSERT_EQ(version->key(), key);
      }
    }
  });
  for (std::size_t i = 0; i < kKeys; ++i) {
    insert(tree, arena, i + 1, views[i], hash_key(keys[i], 0));
    published.store(i + 1, std::memory_order_release);
  }
  reader.join();
}

}  // namespace
}  // namespace quartz::storage
