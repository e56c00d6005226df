#include "server/transport/turn_end.hpp"

#include <memory>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

namespace quartz::server {
namespace {

// Writes down when it is called, and asks so many times more.
class Noted final : public TurnEnd::Participant, public std::enable_shared_from_this<Noted> {
 public:
  Noted(TurnEnd& turn_end, std::string& seen, std::string name, int again = 0)
      : turn_end_(turn_end), seen_(seen), name_(std::move(name)), again_(again) {}
  void turn_ends() override {
    seen_ += name_;
    if (again_-- > 0) turn_end_.call(shared_from_this());
  }

 private:
  TurnEnd& turn_end_;
  std::string& seen_;
  const std::string name_;
  int again_;
};

TEST(TurnEnd, comes_after_everything_that_was_ready) {
  boost::asio::io_context context{1};
  TurnEnd turn_end(context);
  std::string seen;
  boost::asio::post(context, [&] {
    turn_end.call(std::make_shared<Noted>(turn_end, seen, "x"));
    seen += "1";
  });
  boost::asio::post(context, [&] {
    turn_end.call(std::make_shared<Noted>(turn_end, seen, "y"));
    seen += "2";
  });
  boost::asio::post(context, [&] { seen += "3"; });
  context.run();
  EXPECT_EQ(seen, "123xy");
}

TEST(TurnEnd, lets_a_participant_ask_for_the_next_one_and_lets_it_go_in_the_end) {
  boost::asio::io_context context{1};
  TurnEnd turn_end(context);
  std::string seen;
  std::weak_ptr<Noted> watched;
  {
    const auto participant = std::make_shared<Noted>(turn_end, seen, "x", 2);
    watched = participant;
    turn_end.call(participant);
  }
  boost::asio::post(context, [&] { seen += "1"; });
  context.run();
  EXPECT_EQ(seen, "x1xx");
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace quartz::server
