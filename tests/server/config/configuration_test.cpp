#include "server/config/configuration.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/config/command_line.hpp"
#include "server/config/environment.hpp"
#include "server/config/toml_file.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::server {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Option& option_named(std::string_view path) {
  const auto options = all_options();
  return *std::ranges::find_if(options, [&](const Option& each) { return each.path() == path; });
}

Result<CommandLine> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "quartz-server");
  return read_command_line(static_cast<int>(arguments.size()), arguments.data(), "");
}

TEST(Options, have_unique_names_everywhere) {
  std::set<std::string> names;
  for (const Option& option : all_options()) {
    EXPECT_TRUE(names.insert(option.path()).second) << option.path();
    EXPECT_TRUE(names.insert(option.flag()).second) << option.flag();
    EXPECT_TRUE(names.insert(option.variable()).second) << option.variable();
    EXPECT_FALSE(option.description.empty()) << option.path();
  }
}

TEST(Options, are_spelt_by_one_rule) {
  EXPECT_EQ(option_named("port").variable(), "QUARTZ_PORT");
  EXPECT_EQ(option_named("port").flag(), "--port");
  EXPECT_EQ(option_named("resp_port").variable(), "QUARTZ_RESP_PORT");
  EXPECT_EQ(option_named("data_dir").variable(), "QUARTZ_DATA_DIR");
  EXPECT_EQ(option_named("storage.cache_size").variable(), "QUARTZ_CACHE_SIZE");
  EXPECT_EQ(option_named("storage.cache_size").flag(), "--cache-size");
  EXPECT_EQ(option_named("limits.header_bytes_max").variable(), "QUARTZ_LIMITS_HEADER_BYTES_MAX");
  EXPECT_EQ(option_named("log.format").flag(), "--log-format");
}

TEST(Options, read_back_the_defaults_that_they_write) {
  for (const Option& option : all_options()) {
    Settings settings;
    const std::string text = option.get(settings);
    ASSERT_THAT(option.set(settings, text), Succeeds()) << option.path();
    EXPECT_EQ(option.get(settings), text) << option.path();
  }
}

TEST(Options, of_which_each_changes_something_of_its_own) {
  // A value that is no default, by type; texts with choices have their last one.
  const auto other_value = [](const Option& option, const std::string& now) -> std::string {
    switch (option.type) {
      case OptionType::boolean:
        return now == "true" ? "false" : "true";
      case OptionType::number:
        return now == "3" ? "4" : "3";
      case OptionType::size:
        return "3KiB";
      case OptionType::duration:
        return "3s";
      case OptionType::list:
        return "a,b";
      case OptionType::text:
        break;
    }
    if (option.values.empty()) return "other";
    const std::string last(option.values.substr(option.values.rfind('|') + 1));
    return last == now ? std::string(option.values.substr(0, option.values.find('|'))) : last;
  };
  for (const Option& changed : all_options()) {
    const Settings before;
    Settings after;
    const std::string value = other_value(changed, changed.get(before));
    ASSERT_THAT(changed.set(after, value), Succeeds()) << changed.path();
    for (const Option& each : all_options()) {
      EXPECT_EQ(each.get(after) != each.get(before), &each == &changed)
          << changed.path() << " and " << each.path();
    }
  }
}

TEST(TomlFile, values_come_with_file_and_line) {
  const auto values = read_toml(
      "port = 1\n\n[limits]\nheader_bytes_max = \"4KiB\"\n[cors]\norigins = [\"a\", \"b\"]\n"
      "[storage]\nenable_wal = false\n",
      "q.toml");
  ASSERT_THAT(values, Succeeds());
  Configuration configuration;
  ASSERT_THAT(configuration.apply(*values), Succeeds());
  EXPECT_EQ(configuration.settings().server.http.port, 1);
  EXPECT_EQ(configuration.settings().server.limits.header_bytes_max, 4096u);
  EXPECT_THAT(configuration.settings().server.cors.origins, ElementsAre("a", "b"));
  EXPECT_FALSE(configuration.settings().storage.enable_wal);
  EXPECT_EQ(configuration.origin(option_named("limits.header_bytes_max")), "q.toml:4");
  EXPECT_EQ(configuration.origin(option_named("data_dir")), "default");
}

TEST(TomlFile, what_no_option_has_is_refused_with_its_place) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"\nprot = 1\n", "q.toml:2: there is no option prot"},
      {"[limits]\nheader = 1\n", "q.toml:2: there is no option limits.header"},
      {"[limit]\nx = 1\n", "q.toml:1: there is no section limit"},
      {"[!]\n", "q.toml:1: "},
      {"c\u00e9 = 1\n", "q.toml:1: "},
      {"\ufebf = 1\n", "q.toml:1: "},
      {"\n[[=\n", "q.toml:2: "},
      {"port = 1.5\n", "q.toml:1: port is no"},
      {"port = [1]\n", "q.toml:1: port is no"},
      {"port = 1\nport = 2\n", "q.toml:2"},
      {"port = \n", "q.toml:1"},
      {"[cors]\norigins = [1]\n", "q.toml:2: cors.origins is no array of strings"},
      {"[cors]\norigins = [\"a,b\"]\n", "q.toml:2: cors.origins"},
      {"[storage.more]\nx = 1\n", "q.toml:1"}};
  for (const auto& [text, message] : cases) {
    EXPECT_THAT(read_toml(text, "q.toml"), FailsWith(Errc::invalid_argument, HasSubstr(message)))
        << text;
  }
}

TEST(TomlFile, a_value_that_its_option_cannot_have_is_refused_with_its_place) {
  Configuration configuration;
  EXPECT_THAT(configuration.apply(read_toml("\n\nport = 70000\n", "q.toml").value()),
              FailsWith(Errc::invalid_argument, HasSubstr("q.toml:3: \"70000\"")));
}

TEST(TomlFile, one_that_is_missing_is_not_found) {
  EXPECT_THAT(read_toml_file("missing.toml"),
              FailsWith(Errc::not_found, HasSubstr("missing.toml")));
}

TEST(Environment, variables_of_options_are_taken_and_others_remembered) {
  const std::vector<std::string> variables = {"PATH=/bin", "QUARTZ_PORT=1", "QUARTZ_CACHE_SIZE=2",
                                              "QUARTZ_CONFIG=q.toml", "QUARTZ_PROT=3"};
  const Environment environment = read_environment(variables);
  ASSERT_EQ(environment.values.size(), 2u);
  EXPECT_EQ(environment.values[0].option, &option_named("port"));
  EXPECT_EQ(environment.values[0].text, "1");
  EXPECT_EQ(environment.values[0].origin, "QUARTZ_PORT");
  EXPECT_EQ(environment.config_file, "q.toml");
  EXPECT_THAT(environment.unknown, ElementsAre("QUARTZ_PROT"));
}

TEST(CommandLines, flags_are_taken_in_both_spellings) {
  const auto line = parse({"--port", "1", "--log-format=json", "-c", "q.toml", "--check-config"});
  ASSERT_THAT(line, Succeeds());
  ASSERT_EQ(line->values.size(), 2u);
  EXPECT_EQ(line->values[0].text, "1");
  EXPECT_EQ(line->values[1].origin, "--log-format");
  EXPECT_EQ(line->config_file, "q.toml");
  EXPECT_TRUE(line->check_config);
  EXPECT_FALSE(line->print_config);
}

TEST(CommandLines, mistakes_name_the_flag) {
  EXPECT_THAT(parse({"--prot", "1"}), FailsWith(Errc::invalid_argument, HasSubstr("--prot")));
  EXPECT_THAT(parse({"--port"}), FailsWith(Errc::invalid_argument, HasSubstr("--port")));
  EXPECT_THAT(parse({"stray"}), FailsWith(Errc::invalid_argument, HasSubstr("stray")));
}

TEST(CommandLines, help_names_every_flag_with_its_default) {
  const auto line = parse({"--help"});
  ASSERT_THAT(line, Succeeds());
  for (const Option& option : all_options()) EXPECT_THAT(line->answer, HasSubstr(option.flag()));
  EXPECT_THAT(line->answer, HasSubstr("[64MiB]"));
  EXPECT_THAT(parse({"--version"}).value().answer, testing::StartsWith("quartz-server "));
}

TEST(Configurations, later_sources_win) {
  Configuration configuration;
  ASSERT_THAT(configuration.apply(read_toml("port = 1\nresp_port = 1\n", "q.toml").value()),
              Succeeds());
  const std::vector<std::string> variables = {"QUARTZ_PORT=2"};
  ASSERT_THAT(configuration.apply(read_environment(variables).values), Succeeds());
  ASSERT_THAT(configuration.apply(parse({"--io-threads", "3"}).value().values), Succeeds());
  EXPECT_EQ(configuration.settings().server.http.port, 2);
  EXPECT_EQ(configuration.settings().server.resp.port, 1);
  EXPECT_EQ(configuration.settings().server.io_threads, 3u);
  EXPECT_EQ(configuration.origin(option_named("port")), "QUARTZ_PORT");
}

TEST(Configurations, what_is_printed_is_read_as_the_same) {
  Configuration configuration;
  ASSERT_THAT(configuration.apply(parse({"--data-dir", "a \"b\"\\c", "--cors-origins",
                                         "https://a,https://b", "--limits-body-bytes-max", "1MiB",
                                         "--enable-wal", "false", "--drain-timeout", "250ms"})
                                      .value()
                                      .values),
              Succeeds());
  const std::string printed = configuration.print();
  EXPECT_THAT(printed, HasSubstr("# --data-dir\n"));
  Configuration again;
  ASSERT_THAT(again.apply(read_toml(printed, "printed").value()), Succeeds());
  for (const Option& option : all_options()) {
    EXPECT_EQ(option.get(again.settings()), option.get(configuration.settings())) << option.path();
    EXPECT_THAT(again.origin(option), testing::StartsWith("printed:")) << option.path();
  }
}

TEST(Configurations, are_printed_as_one_line_each_whatever_the_file_is_called) {
  Configuration configuration;
  ASSERT_THAT(configuration.apply(read_toml("port = 1\n", "a\nport = 2\n#.toml").value()),
              Succeeds());
  Configuration again;
  ASSERT_THAT(again.apply(read_toml(configuration.print(), "printed").value()), Succeeds());
  EXPECT_EQ(again.settings().server.http.port, 1);
}

TEST(Configurations, are_checked_as_a_whole_and_blame_the_source) {
  Configuration configuration;
  ASSERT_THAT(configuration.check(), Succeeds());
  ASSERT_THAT(configuration.apply(read_toml("address = \"0.0.0.0\"\n", "q.toml").value()),
              Succeeds());
  EXPECT_THAT(configuration.check(),
              FailsWith(Errc::invalid_argument,
                        testing::AllOf(HasSubstr("address"), HasSubstr("(q.toml:1)"))));
}

TEST(Configurations, serve_somebody) {
  Configuration configuration;
  ASSERT_THAT(configuration.apply(read_toml("http = false\nresp = false\n", "q.toml").value()),
              Succeeds());
  EXPECT_THAT(configuration.check(),
              FailsWith(Errc::invalid_argument, HasSubstr("neither this protocol nor resp")));
}

TEST(Configurations, every_option_is_in_the_guide_with_its_default) {
  std::ifstream file(QUARTZ_SOURCE_DIRECTORY "/docs/guide/server.md");
  const std::string guide((std::istreambuf_iterator<char>(file)), {});
  const Settings defaults;
  for (const Option& option : all_options()) {
    const std::string value = option.get(defaults);
    EXPECT_THAT(guide, HasSubstr("| `" + option.path() + "` | " +
                                 (value.empty() ? "" : "`" + value + "`") + " | "))
        << option.path();
    EXPECT_THAT(guide, HasSubstr(option.description)) << option.path();
  }
}

}  // namespace
}  // namespace quartz::server
