#include "quartz/embedded/open_client.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "client/client_fixture.hpp"
#include "support/result_matchers.hpp"
#include "support/scratch_directory.hpp"

namespace quartz {
namespace {

namespace asio = boost::asio;
using testing::HasSubstr;

ClientConfig of(std::string url) {
  ClientConfig config;
  config.endpoints = {std::move(url)};
  config.request_timeout = client::kPatience;
  return config;
}

class OpenClient : public testing::Test {
 protected:
  std::string file_url() const { return "file:" + (scratch_ / "data").string(); }

  ScratchDirectory scratch_;
};

TEST_F(OpenClient, opens_a_database_of_its_own_that_is_there_the_next_time) {
  {
    Client client = open_client(of(file_url())).value();
    EXPECT_TRUE(client.set("k", "v").value());
    EXPECT_EQ(client.get("k").value(), "v");
  }
  Client client = open_client(of(file_url())).value();
  EXPECT_EQ(client.get("k").value(), "v");
}

TEST_F(OpenClient, closes_the_database_when_the_callers_loop_has_nothing_left_to_do) {
  for (int i = 0; i < 2; ++i) {
    asio::io_context context;
    Client client = open_client(context.get_executor(), of(file_url())).value();
    asio::co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
          const auto count = co_await client.async_incr("n", asio::use_awaitable);
          EXPECT_EQ(count.value(), i + 1);
          client.close();
        },
        [](std::exception_ptr failure) {
          if (failure) std::rethrow_exception(failure);
        });
    context.run();
  }
}

TEST_F(OpenClient, says_that_another_has_the_database) {
  Client client = open_client(of(file_url())).value();
  EXPECT_THAT(open_client(of(file_url())), FailsWith(Errc::busy, HasSubstr("data")));
}

class OpenServedClient : public client::ServedClient {};

TEST_F(OpenServedClient, grows_by_another_url) {
  Client client = open_client(of(url())).value();
  EXPECT_TRUE(client.set("k", "v").value());
  EXPECT_EQ(Client{of(url())}.get("k").value(), "v");
}

TEST_F(OpenServedClient, listens_for_others_where_that_is_asked_for) {
  serve(resp_config());
  EmbeddedConfig embedded;
  embedded.server.resp.enabled = true;
  embedded.server.resp.port = server_->resp_port().value();
  EXPECT_THAT(open_client(of("file:" + (scratch_ / "own").string()), embedded),
              FailsWith(Errc::busy));
}

TEST_F(OpenServedClient, opens_the_database_as_it_is_told_to) {
  EmbeddedConfig embedded;
  embedded.storage.durability = Durability::disk;
  Client client = open_client(of("file:" + (scratch_ / "own").string()), embedded).value();
  EXPECT_TRUE(client.set("k", "v").value());
  embedded.storage.segment_bytes = 1;
  EXPECT_THAT(open_client(of("file:" + (scratch_ / "other").string()), embedded),
              FailsWith(Errc::invalid_argument, HasSubstr("segment_bytes")));
}

TEST(OpenClientUrls, name_directories) {
  const ScratchDirectory scratch;
  const std::string directory = (scratch / "a b").string();
  std::string encoded = directory;
  encoded.replace(encoded.find(' '), 1, "%20");
  for (const std::string& url : {"file:" + encoded, "file://" + encoded, "FILE:" + encoded}) {
    Client client = open_client(of(url)).value();
    EXPECT_TRUE(client.incr("n")) << url;
  }
  Client client = open_client(of("file:" + encoded)).value();
  EXPECT_EQ(client.get("n").value(), "3");
  EXPECT_TRUE(std::filesystem::exists(directory));
}

TEST(OpenClientUrls, that_make_no_sense_are_refused) {
  const std::pair<std::vector<std::string>, std::string> wrong[] = {
      {{"file:"}, "a directory is missing"},
      {{"file://host/data"}, "no host"},
      {{"file:data?x=1"}, "nothing may stand behind the path"},
      {{"file:data#x"}, "nothing may stand behind the path"},
      {{"file:a%00b"}, "zero byte"},
      {{"file:a b"}, "%xx"},
      {{"file:data", "quartz://127.0.0.1"}, "stands alone"},
      {{"quartz://"}, "a host is missing"},
  };
  for (const auto& [urls, why] : wrong) {
    ClientConfig config;
    config.endpoints = urls;
    EXPECT_THAT(open_client(config), FailsWith(Errc::invalid_argument, HasSubstr(why)));
  }
}

TEST(OpenClientUrls, of_files_need_open_client) {
  Client client{of("file:data")};
  const auto value = client.get("k");
  EXPECT_THAT(value, client::FailsAs(ClientErrc::invalid_argument, Executed::no));
  EXPECT_THAT(value.error().message(), HasSubstr("quartz::open_client"));
}

}  // namespace
}  // namespace quartz
