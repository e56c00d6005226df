#include "cli/exit_status.hpp"

#include <set>

#include <gtest/gtest.h>

#include "cli/tool.hpp"

namespace quartz::cli {
namespace {

constexpr Errc kAllCodes[] = {Errc::invalid_argument,
                              Errc::too_large,
                              Errc::not_found,
                              Errc::already_exists,
                              Errc::busy,
                              Errc::closed,
                              Errc::corruption,
                              Errc::io_error,
                              Errc::no_space,
                              Errc::read_only,
                              Errc::reopen_required,
                              Errc::unsupported,
                              Errc::cancelled,
                              Errc::conflict};

TEST(ExitStatus, every_error_has_a_status_that_is_not_success_and_a_hint) {
  for (const Errc code : kAllCodes) {
    EXPECT_NE(exit_status_of(code), ExitStatus::success) << to_string(code);
    EXPECT_NE(exit_status_of(code), ExitStatus::internal) << to_string(code);
    EXPECT_FALSE(hint_for(code).empty()) << to_string(code);
  }
}

TEST(ExitStatus, the_numbers_that_scripts_rely_on) {
  EXPECT_EQ(static_cast<int>(exit_status_of(Errc::not_found)), 1);
  EXPECT_EQ(static_cast<int>(exit_status_of(Errc::invalid_argument)), 2);
  EXPECT_EQ(static_cast<int>(exit_status_of(Errc::corruption)), 3);
  EXPECT_EQ(static_cast<int>(exit_status_of(Errc::busy)), 4);
  EXPECT_EQ(static_cast<int>(exit_status_of(Errc::no_space)), 5);
  EXPECT_EQ(static_cast<int>(exit_status_of(Errc::already_exists)), 7);
  EXPECT_EQ(static_cast<int>(exit_status_of(Errc::unsupported)), 8);
}

TEST(ExitStatus, help_and_the_guide_list_every_status) {
  const std::string guide = file_text(test_data("../../../docs/guide/command_line.md"));
  for (const int status : {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130, 143}) {
    const std::string number = std::to_string(status);
    EXPECT_NE(exit_status_help().find(number), std::string_view::npos) << status;
    EXPECT_NE(guide.find("| " + number + " |"), std::string::npos) << status;
  }
}

}  // namespace
}  // namespace quartz::cli
