#include <cstdint>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/http/metrics_writer.hpp"
#include "server/served_engine.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) {
      ADD_FAILURE() << "the last line has no end";
      break;
    }
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

/// A sample: its name, what stands in braces, and its value.
struct Sample {
  std::string name;
  std::string labels;
  std::string value;
};

Sample sample_of(const std::string& line) {
  const std::size_t space = line.rfind(' ');
  const std::size_t brace = line.find('{');
  if (brace == std::string::npos) return {line.substr(0, space), "", line.substr(space + 1)};
  return {line.substr(0, brace), line.substr(brace + 1, line.rfind('}') - brace - 1),
          line.substr(space + 1)};
}

/// What a sample of a family may be called, beside the family's own name, by type.
bool is_suffix_of(std::string_view type, std::string_view suffix) {
  if (type == "counter") return suffix == "_total";
  if (type == "gauge") return suffix.empty();
  if (type == "summary") return suffix.empty() || suffix == "_count" || suffix == "_sum";
  return type == "histogram" && (suffix == "_bucket" || suffix == "_count" || suffix == "_sum");
}

class Metrics : public ServedEngine {
 protected:
  Metrics() {
    ServerConfig config = small_config();
    config.resp = {.enabled = true, .port = 0};
    serve(config);
  }

  void say(std::string_view lines) {
    RawClient client(server_->resp_port().value());
    EXPECT_TRUE(client.send(std::string(lines) + "QUIT\r\n"));
    client.receive_rest();
  }
  std::string metrics() { return ask("GET", "/metrics").body; }
};

// A strict reading of the format: families in one piece, described before their samples, of which
// each is what its type allows, is there once, and has a number.
TEST_F(Metrics, are_open_metrics_to_the_letter) {
  say("SET a 1\r\nGET a\r\nLPUSH a 1\r\nGET\r\nCONFIG GET x\r\n");
  ask("PUT", "/api/v1/kv/k", "", "v");
  ask("GET", "/nowhere");
  const std::string text = metrics();
  std::set<std::string> families;
  std::set<std::string> samples;
  std::string family;
  std::string type;
  const auto lines = lines_of(text);
  ASSERT_EQ(lines.back(), "# EOF");
  for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
    const std::string& line = lines[i];
    if (line.starts_with("# TYPE ")) {
      const std::size_t space = line.find(' ', 7);
      family = line.substr(7, space - 7);
      type = line.substr(space + 1);
      EXPECT_TRUE(families.insert(family).second) << family;
      EXPECT_FALSE(family.ends_with("_total")) << family;
    } else if (line.starts_with("# UNIT ")) {
      EXPECT_EQ(line, "# UNIT " + family + " seconds");
      EXPECT_TRUE(family.ends_with("_seconds"));
    } else if (line.starts_with('#')) {
      EXPECT_TRUE(line.starts_with("# HELP " + family + " ")) << line;
    } else {
      const Sample sample = sample_of(line);
      ASSERT_TRUE(sample.name.starts_with(family)) << line;
      EXPECT_TRUE(is_suffix_of(type, std::string_view(sample.name).substr(family.size()))) << line;
      EXPECT_TRUE(samples.insert(sample.name + "{" + sample.labels).second) << line;
      char* end = nullptr;
      EXPECT_GE(std::strtod(sample.value.c_str(), &end), 0.0) << line;
      EXPECT_EQ(*end, '\0') << line;
    }
  }
  EXPECT_GT(families.size(), 60u);
}

TEST_F(Metrics, buckets_of_a_histogram_grow_up_to_its_count) {
  say("SET a 1\r\nGET a\r\nGET a\r\n");
  std::map<std::string, std::uint64_t> last;
  std::map<std::string, std::uint64_t> counts;
  for (const std::string& line : lines_of(metrics())) {
    if (line.starts_with('#')) continue;
    const Sample sample = sample_of(line);
    const std::uint64_t value = std::strtoull(sample.value.c_str(), nullptr, 10);
    const std::size_t bucket = sample.name.rfind("_seconds_bucket");
    if (bucket != std::string::npos) {
      const std::size_t le = sample.labels.rfind("le=");
      const std::string series =
          sample.name.substr(0, bucket) + sample.labels.substr(0, le == 0 ? 0 : le - 1);
      EXPECT_GE(value, last[series]) << line;
      last[series] = value;
    } else if (sample.name.ends_with("duration_seconds_count")) {
      counts[sample.name.substr(0, sample.name.rfind("_seconds_count")) + sample.labels] = value;
    }
  }
  EXPECT_EQ(last, counts);
  EXPECT_EQ(counts.at("quartz_command_durationcommand=\"get\""), 2u);
}

TEST_F(Metrics, commands_and_their_errors_are_counted) {
  say("SET a 1\r\nLPUSH a 1\r\nGET\r\nNOSUCH\r\n");
  const std::string text = metrics();
  EXPECT_THAT(text, HasSubstr("quartz_command_duration_seconds_count{command=\"set\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("quartz_commands_failed_total{command=\"lpush\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("quartz_commands_rejected_total{command=\"get\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("quartz_command_errors_total{code=\"WRONGTYPE\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("quartz_command_errors_total{code=\"ERR\"} 2\n"));
  EXPECT_THAT(text, testing::Not(HasSubstr("quartz_commit_duration_seconds_count 0\n")));
}

TEST_F(Metrics, requests_are_counted_by_route_and_status) {
  ask("PUT", "/api/v1/kv/k", "", "v");
  ask("GET", "/api/v1/kv/none");
  ask("GET", "/nowhere");
  const std::string text = metrics();
  const std::string name = "quartz_http_request_duration_seconds_count";
  EXPECT_THAT(text,
              HasSubstr(name + "{method=\"PUT\",route=\"/api/v1/kv/{key}\",status=\"2xx\"} 1\n"));
  EXPECT_THAT(text,
              HasSubstr(name + "{method=\"GET\",route=\"/api/v1/kv/{key}\",status=\"4xx\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(name + "{method=\"any\",route=\"none\",status=\"4xx\"} 1\n"));
}

TEST_F(Metrics, each_protocol_has_its_own_connections_and_bytes) {
  say("PING\r\n");
  const std::string text = metrics();
  EXPECT_THAT(text, HasSubstr("quartz_protocol_connections_accepted_total{protocol=\"http\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("quartz_protocol_connections_accepted_total{protocol=\"resp\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("quartz_protocol_connections_open{protocol=\"http\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("quartz_protocol_received_bytes_total{protocol=\"resp\"} 12\n"));
  EXPECT_THAT(text, HasSubstr("quartz_protocol_sent_bytes_total{protocol=\"resp\"} 12\n"));
}

TEST_F(Metrics, statistics_of_commands_are_set_back_with_those_that_clients_see) {
  say("SET a 1\r\nCONFIG RESETSTAT\r\n");
  EXPECT_THAT(metrics(), testing::Not(HasSubstr("{command=\"set\"")));
}

TEST(LabelValues, are_escaped) {
  EXPECT_EQ(label_value("a\"b\\c\nd"), "a\\\"b\\\\c\\nd");
  EXPECT_EQ(label_value("plain|name"), "plain|name");
}

TEST(MetricsWriters, write_a_histogram_without_labels) {
  Histogram histogram;
  histogram.record(500);
  histogram.record(2'000'000'000);
  HistogramReading reading;
  reading.add(histogram);
  MetricsWriter to;
  to.histogram("x", "", reading);
  const std::string text = to.finish();
  EXPECT_THAT(text, HasSubstr("quartz_x_bucket{le=\"0.000001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("quartz_x_bucket{le=\"1.0\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("quartz_x_bucket{le=\"10.0\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("quartz_x_bucket{le=\"+Inf\"} 2\nquartz_x_count 2\n"));
  EXPECT_THAT(text, HasSubstr("quartz_x_sum 2.0000005\n# EOF\n"));
}

}  // namespace
}  // namespace quartz::server
