#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/peers/served_program.hpp"

namespace quartz::server {
namespace {

/// Debian's own, which sees Debian's packages.
constexpr const char* kPython = "/usr/bin/python3";

class Libraries : public ServedProgram {
 protected:
  static std::string script(const std::string& name) { return QUARTZ_PEERS_DIRECTORY "/" + name; }

  /// Runs a script, with the packages that npm puts into the build tree for it. `server`: where it
  /// finds the server.
  void run_npm_script(const std::string& name, const std::string& server) {
    namespace fs = std::filesystem;
    QUARTZ_NEED_PROGRAM("npm");
    const fs::path directory = fs::path(QUARTZ_PEERS_BUILD_DIRECTORY) / name;
    fs::create_directories(directory);
    for (const std::string& file : {std::string("package.json"), std::string("package-lock.json"),
                                    std::string(".npmrc"), name}) {
      fs::copy_file(script("npm/" + file), directory / file, fs::copy_options::overwrite_existing);
    }
    const ProcessRun installed =
        run({"npm", "ci", "--no-audit", "--no-fund", "--prefix", directory.string()});
    if (installed.status != 0) {
      GTEST_SKIP() << "SKIPPED: npm cannot install the clients\n" << installed.err;
    }
    const ProcessRun ran = run({"node", (directory / name).string(), server});
    EXPECT_EQ(ran.out, "well\n") << ran.err;
  }
};

TEST_F(Libraries, redis_py_is_served) {
  QUARTZ_NEED_PROGRAM(kPython);
  if (run({kPython, "-c", "import redis"}).status != 0) {
    GTEST_SKIP() << "SKIPPED: python3-redis is not installed";
  }
  const ProcessRun ran = run({kPython, script("python/redis_py.py"), port()});
  EXPECT_EQ(ran.out, "well\n") << ran.err;
}

TEST_F(Libraries, prometheus_understands_the_metrics) {
  QUARTZ_NEED_PROGRAM(kPython);
  if (run({kPython, "-c", "import prometheus_client"}).status != 0) {
    GTEST_SKIP() << "SKIPPED: python3-prometheus-client is not installed";
  }
  const ProcessRun ran = run({kPython, script("python/open_metrics.py"), http_port(), port()});
  EXPECT_EQ(ran.out, "well\n") << ran.err;
}

TEST_F(Libraries, ioredis_is_served) { run_npm_script("ioredis.mjs", port()); }

TEST_F(Libraries, node_redis_is_served_and_may_cache) { run_npm_script("node_redis.mjs", port()); }

TEST_F(Libraries, upstash_redis_is_served_over_http) { run_npm_script("upstash.mjs", url()); }

}  // namespace
}  // namespace quartz::server
