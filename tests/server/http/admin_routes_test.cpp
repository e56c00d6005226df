#include "server/http/admin_routes.hpp"

#include <filesystem>
#include <fstream>
#include <string>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/served_engine.hpp"
#include "support/result_matchers.hpp"

namespace quartz::server {
namespace {

using testing::HasSubstr;

constexpr std::string_view kBackups = "/api/v1/admin/backups";

class Administration : public ServedEngine {
 protected:
  void SetUp() override {
    ServerConfig config = small_config();
    config.backup_directory = (scratch_ / "backups").string();
    serve(config);
  }
  RawResponse back_up(std::string_view body) { return ask("POST", kBackups, kIsJson, body); }
};

TEST_F(Administration, a_backup_opens_as_the_database_that_it_was) {
  ASSERT_TRUE(engine_.put("a", "then"));
  EXPECT_EQ(ask("GET", kBackups).body, R"({"backups":[]})");
  const RawResponse made = back_up(R"({"name": "monday_1-a"})");
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_GT(boost::json::parse(made.body).at("bytes").to_number<std::uint64_t>(), 0u);
  ASSERT_TRUE(engine_.put("a", "now"));
  const auto copy = StorageEngine::open(scratch_ / "backups/monday_1-a").value();
  EXPECT_EQ(copy.get("a").value(), "then");
}

TEST_F(Administration, backups_are_listed_verified_and_removed) {
  ASSERT_TRUE(engine_.put("a", "1"));
  ASSERT_EQ(back_up(R"({"name": "b"})").status, 201);
  ASSERT_EQ(back_up(R"({"name": "a"})").status, 201);
  EXPECT_EQ(back_up(R"({"name": "a"})").status, 409);
  const auto listed = boost::json::parse(ask("GET", kBackups).body);
  EXPECT_EQ(listed.at("backups").at(0).at("name"), "a");
  EXPECT_EQ(listed.at("backups").at(1).at("name"), "b");
  const auto report = boost::json::parse(ask("POST", std::string(kBackups) + "/a/verify").body);
  EXPECT_EQ(report.at("whole"), true);
  EXPECT_EQ(ask("DELETE", std::string(kBackups) + "/a").status, 204);
  EXPECT_EQ(ask("DELETE", std::string(kBackups) + "/a").status, 404);
  EXPECT_EQ(ask("POST", std::string(kBackups) + "/a/verify").status, 404);
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "backups/a"));
}

TEST_F(Administration, a_folder_that_is_no_database_is_no_backup) {
  const auto photo = scratch_ / "backups/photos/one.jpg";
  std::filesystem::create_directories(photo.parent_path());
  std::ofstream(photo) << "one";
  EXPECT_EQ(ask("GET", kBackups).body, R"({"backups":[]})");
  EXPECT_EQ(ask("POST", std::string(kBackups) + "/photos/verify").status, 404);
  EXPECT_EQ(ask("DELETE", std::string(kBackups) + "/photos").status, 404);
  EXPECT_EQ(back_up(R"({"name": "photos"})").status, 409);
  EXPECT_TRUE(std::filesystem::exists(photo));
}

TEST_F(Administration, a_backup_that_was_removed_by_half_can_be_removed) {
  ASSERT_EQ(back_up(R"({"name": "a"})").status, 201);
  std::filesystem::remove_all(scratch_ / "backups/a/levels");
  EXPECT_EQ(ask("DELETE", std::string(kBackups) + "/a").status, 204);
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "backups/a"));
}

TEST_F(ServedEngine, backups_lie_apart_from_the_database) {
  std::filesystem::create_directory_symlink(scratch_ / "data", scratch_ / "link");
  for (const char* place : {"data", "data/", "data/backups", "data/levels", "", "link", "link/x",
                            "x/../data", "data/x/../../data"}) {
    ServerConfig config = small_config();
    config.backup_directory = (scratch_ / place).string();
    EXPECT_THAT(Server::start(engine_, config),
                FailsWith(Errc::invalid_argument,
                          testing::AllOf(HasSubstr("backup_directory"), HasSubstr("data_dir"))))
        << place;
  }
  for (const char* place : {"data2", "data.backups/", "data/../backups"}) {
    ServerConfig config = small_config();
    config.backup_directory = (scratch_ / place).string();
    EXPECT_THAT(Server::start(engine_, config), Succeeds()) << place;
  }
}

TEST_F(Administration, a_name_that_could_lead_elsewhere_is_refused) {
  for (const char* body : {"", "{}", R"({"name": ""})", R"({"name": ".."})", R"({"name": "a/b"})",
                           R"({"name": "A"})", R"({"name": 1})", R"({"name": "a", "path": "/"})"}) {
    EXPECT_EQ(back_up(body).status, 400) << body;
  }
  EXPECT_EQ(back_up(R"({"name": ")" + std::string(65, 'a') + "\"}").status, 400);
  EXPECT_EQ(ask("DELETE", std::string(kBackups) + "/%2E%2E").status, 400);
  EXPECT_TRUE(std::filesystem::exists(scratch_ / "data"));
}

TEST_F(Administration, the_configuration_is_told) {
  const auto told = boost::json::parse(ask("GET", "/api/v1/admin/config").body);
  EXPECT_EQ(told.at("io_threads"), 2);
  EXPECT_EQ(told.at("resp").at("enabled"), false);
  RequestLimits limits;
  limits.body_bytes_max = 12345;
  ASSERT_TRUE(server_->set_limits(limits));
  const auto later = boost::json::parse(ask("GET", "/api/v1/admin/config").body);
  EXPECT_EQ(later.at("limits").at("body_bytes_max"), 12345);
}

TEST_F(ServedEngine, without_a_directory_there_are_no_backups) {
  for (const char* method : {"GET", "POST"}) {
    const RawResponse response =
        ask(method, kBackups, kIsJson, *method == 'P' ? R"({"name": "a"})" : "");
    EXPECT_EQ(response.status, 501) << method;
    EXPECT_THAT(response.body, HasSubstr("backup_directory")) << method;
  }
}

}  // namespace
}  // namespace quartz::server
