#include "vector/payload_fields.hpp"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "base/random.hpp"
#include "vector/payload.hpp"
#include "vector/random_payload.hpp"

namespace quartz::vector {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Writes down what it is told: "0!" for a field that was found, "0=..." for a value.
struct Listener {
  std::vector<std::string> heard;
  std::vector<std::uint32_t> complete_roots;
  std::optional<std::uint32_t> last_root;

  void found(std::uint32_t field) { heard.push_back(std::to_string(field) + "!"); }
  bool complete(std::uint32_t root) {
    complete_roots.push_back(root);
    return root == last_root;
  }
  void value(std::uint32_t field, const PayloadValue& value) {
    std::string text = std::to_string(field) + "=";
    switch (value.kind) {
      case PayloadValue::Kind::null:
        text += "null";
        break;
      case PayloadValue::Kind::boolean:
        text += value.truth ? "true" : "false";
        break;
      case PayloadValue::Kind::number:
        text += FilterValue(value.number.nearest).to_string();
        break;
      case PayloadValue::Kind::text:
        text += FilterValue(value.text).to_string();
    }
    heard.push_back(text);
  }
};

std::vector<std::string> heard(const std::vector<std::vector<std::string>>& paths,
                               std::string_view payload) {
  PayloadFields fields;
  for (const auto& names : paths) fields.add({names});
  Listener listener;
  EXPECT_TRUE(fields.walk(payload, listener)) << payload;
  return listener.heard;
}

TEST(PayloadFields, the_same_path_is_the_same_field) {
  PayloadFields fields;
  EXPECT_EQ(fields.add({{"a"}}), 0u);
  EXPECT_EQ(fields.add({{"a", "b"}}), 1u);
  EXPECT_EQ(fields.add({{"a"}}), 0u);
  EXPECT_EQ(fields.count(), 2u);
}

TEST(PayloadFields, values_of_each_kind_are_reported) {
  EXPECT_THAT(heard({{"a"}}, R"({"a": null})"), ElementsAre("0!", "0=null"));
  EXPECT_THAT(heard({{"a"}}, R"({"a": true})"), ElementsAre("0!", "0=true"));
  EXPECT_THAT(heard({{"a"}}, R"({"a": false})"), ElementsAre("0!", "0=false"));
  EXPECT_THAT(heard({{"a"}}, R"({"a": -1.5e3})"), ElementsAre("0!", "0=-1500.0"));
  EXPECT_THAT(heard({{"a"}}, R"({"a": "x\n\u00e9\"\\"})"), ElementsAre("0!", R"(0='x\né"\\')"));
}

TEST(PayloadFields, objects_are_found_but_are_no_values) {
  EXPECT_THAT(heard({{"a"}}, R"({"a": {"b": 1}})"), ElementsAre("0!"));
  EXPECT_THAT(heard({{"a"}, {"a", "b"}}, R"({"a": {"c": 2, "b": 1}})"),
              ElementsAre("0!", "1!", "1=1.0"));
}

TEST(PayloadFields, an_array_stands_for_its_elements) {
  EXPECT_THAT(heard({{"a"}}, R"({"a": [1, [2, []], {"a": 3}]})"),
              ElementsAre("0!", "0!", "0=1.0", "0!", "0!", "0=2.0", "0!", "0!"));
  EXPECT_THAT(heard({{"a", "b"}}, R"({"a": [{"b": 1}, 5, {"c": 0}, [{"b": 2}]]})"),
              ElementsAre("0!", "0=1.0", "0!", "0=2.0"));
  EXPECT_THAT(heard({{"a"}}, R"({"a": []})"), ElementsAre("0!"));
  EXPECT_THAT(heard({{"a", "b"}}, R"({"a": []})"), IsEmpty());
}

TEST(PayloadFields, a_path_through_something_else_leads_nowhere) {
  EXPECT_THAT(heard({{"a", "b"}}, R"({"a": 1})"), IsEmpty());
  EXPECT_THAT(heard({{"a", "b"}}, R"({"a": "b"})"), IsEmpty());
  EXPECT_THAT(heard({{"a", "b"}}, R"({"b": {"a": 1}})"), IsEmpty());
  EXPECT_THAT(heard({{"a"}}, "{}"), IsEmpty());
  EXPECT_THAT(heard({{"a"}}, ""), IsEmpty());
}

TEST(PayloadFields, names_with_escapes_are_recognised) {
  EXPECT_THAT(heard({{"a"}}, R"({"\u0061": 1})"), ElementsAre("0!", "0=1.0"));
  EXPECT_THAT(heard({{"\""}}, R"({"\"": 1})"), ElementsAre("0!", "0=1.0"));
  EXPECT_THAT(heard({{""}}, R"({"": 1})"), ElementsAre("0!", "0=1.0"));
}

TEST(PayloadFields, many_fields_are_found_as_few_are) {
  std::vector<std::vector<std::string>> paths;
  std::string payload = "{";
  for (int i = 0; i < 100; ++i) {
    paths.push_back({"f" + std::to_string(i)});
    payload += "\"g\":0,\"f" + std::to_string(99 - i) + "\":" + std::to_string(i) + ",";
  }
  EXPECT_EQ(heard(paths, payload + "\"h\":0}").size(), 200u);
}

TEST(PayloadFields, what_is_behind_the_last_field_is_not_read) {
  EXPECT_THAT(heard({{"a"}}, R"({"a": 1, here the payload is damaged)"),
              ElementsAre("0!", "0=1.0"));
  EXPECT_THAT(heard({{"a", "b"}, {"c"}}, R"({"a": {"b": 1, "x": {"y": ["]}"]}}, "c": 2})"),
              ElementsAre("0!", "0=1.0", "1!", "1=2.0"));
}

TEST(PayloadFields, a_root_is_complete_behind_all_that_it_leads_to) {
  PayloadFields fields;
  EXPECT_EQ(fields.root_of(fields.add({{"a", "b"}})), 0u);
  EXPECT_EQ(fields.root_of(fields.add({{"c"}})), 1u);
  EXPECT_EQ(fields.root_of(fields.add({{"a", "d"}})), 0u);
  EXPECT_EQ(fields.root_count(), 2u);
  const char* payload = R"({"c": 1, "x": {"c": 2}, "a": [{"d": 3}, {"b": 4, "d": 5}], "y": 6})";
  Listener listener;
  EXPECT_TRUE(fields.walk(payload, listener));
  EXPECT_THAT(listener.complete_roots, ElementsAre(1u, 0u));
  EXPECT_EQ(listener.heard.back(), "2=5.0");
  Listener content;
  content.last_root = 1;
  EXPECT_TRUE(fields.walk(payload, content));
  EXPECT_THAT(content.heard, ElementsAre("1!", "1=1.0"));
}

TEST(PayloadFields, deeper_nesting_than_a_payload_has_is_refused) {
  PayloadFields fields;
  fields.add({{"a"}});
  Listener listener;
  EXPECT_FALSE(fields.walk("{\"a\":" + std::string(100'000, '['), listener));
}

// Each cut or changed text lies in memory of just its size, so that a sanitizer sees what reads on.
TEST(PayloadFields, damaged_payloads_are_survived) {
  Random random(9);
  const auto vocabulary = everyday_vocabulary();
  PayloadFields fields;
  for (const auto& path : vocabulary.paths) fields.add(path);
  for (int i = 0; i < 20'000; ++i) {
    const std::string whole = random_payload(random, vocabulary);
    std::vector<char> text(
        whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(random.below(whole.size() + 1)));
    if (!text.empty() && random.one_in(2)) {
      text[random.below(text.size())] = static_cast<char>(random.below(256));
    }
    text.shrink_to_fit();
    Listener listener;
    static_cast<void>(fields.walk({text.data(), text.size()}, listener));
  }
}

}  // namespace
}  // namespace quartz::vector
