#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/peers/served_program.hpp"

namespace quartz::server {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Browser : public ServedProgram {
 protected:
  /// A page as the browser has it in the end, as HTML.
  std::string open(const std::string& address) {
    const ProcessRun ran =
        run({"chromium", "--headless", "--no-sandbox", "--disable-gpu",
             "--user-data-dir=" + (scratch_ / "profile").string(), "--dump-dom", address});
    EXPECT_EQ(ran.status, 0) << ran.err;
    return ran.out;
  }
};

TEST_F(Browser, shows_the_documents_of_the_interface) {
  QUARTZ_NEED_PROGRAM("chromium");
  EXPECT_THAT(open(url() + "/docs"),
              AllOf(HasSubstr("<title>Quartz</title>"), HasSubstr("/api/v1/kv/{key}"),
                    HasSubstr("/openapi.json"), HasSubstr("</html>")));
}

// The page is somebody else's, and the server does not know its origin. It asks without going on
// meanwhile: a browser that prints a page waits for nothing that a page does afterwards.
TEST_F(Browser, lets_no_page_of_others_read_keys) {
  QUARTZ_NEED_PROGRAM("chromium");
  const std::string page =
      "data:text/html,<p id=answer>none</p><script>const request = new XMLHttpRequest();"
      "request.open('GET', '" +
      url() +
      "/api/v1/kv?limit=1', false);"
      "try { request.send(); answer.innerText = 'read' } catch { answer.innerText = 'refused' }"
      "</script>";
  EXPECT_THAT(open(page), HasSubstr(R"(<p id="answer">refused</p>)"));
}

}  // namespace
}  // namespace quartz::server
