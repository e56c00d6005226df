#include "client/local_stream.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>
#include <gtest/gtest.h>

#include "client/strand.hpp"

namespace quartz::client {
namespace {

namespace asio = boost::asio;

/// A server that says what a test makes it say.
class ToldService final : public LocalService {
 public:
  std::shared_ptr<Session> connect(asio::any_io_executor /*executor*/, Listener listener) override {
    struct Silent final : Session {
      void send(std::string_view /*requests*/) override {}
    };
    said = std::move(listener);
    return std::make_shared<Silent>();
  }

  Listener said;
};

class LocalStreams : public testing::Test {
 protected:
  LocalStreams() { EXPECT_TRUE(stream_.connect(service_)); }

  /// Reads until `enough_` is there, or the end.
  void read() {
    stream_.async_read_some(asio::buffer(part_),
                            [this](boost::system::error_code error, std::size_t bytes) {
                              ended_ = static_cast<bool>(error);
                              read_.append(part_.data(), bytes);
                              if (!ended_ && read_.size() < enough_) read();
                            });
  }

  asio::io_context context_;
  const Strand strand_{OwnersExecutor(asio::any_io_executor(context_.get_executor()))};
  ToldService service_;
  LocalStream stream_{strand_};
  std::string part_ = std::string(64, '\0');
  std::string read_;
  std::size_t enough_ = std::string::npos;
  bool ended_ = false;
};

// So that a server which says more only then is never ahead of who reads.
TEST_F(LocalStreams, are_read_to_the_end_before_the_server_goes_on) {
  read();
  const std::string piece(1'000, 'x');
  for (int i = 1; i <= 3; ++i) {
    service_.said.replied(piece);
    EXPECT_EQ(read_.size(), static_cast<std::size_t>(i) * piece.size());
  }
  context_.run();
  EXPECT_EQ(read_.size(), 3 * piece.size());
  service_.said.ended();
  EXPECT_TRUE(ended_);
}

TEST_F(LocalStreams, keep_what_comes_while_nobody_reads) {
  enough_ = 128;
  read();
  service_.said.replied(std::string(200, 'x'));
  EXPECT_EQ(read_.size(), 128u);
  service_.said.replied("y");
  enough_ = std::string::npos;
  read();
  context_.run();
  EXPECT_EQ(read_, std::string(200, 'x') + "y");
}

TEST_F(LocalStreams, end_when_too_much_comes_while_nobody_reads) {
  const std::string piece(std::size_t{16} << 20, 'x');
  part_.resize(std::size_t{1} << 20);
  enough_ = 1;
  read();
  for (int i = 0; i < 4; ++i) service_.said.replied(piece);
  enough_ = std::string::npos;
  read();
  context_.run();
  EXPECT_TRUE(ended_);
  EXPECT_EQ(read_.size(), 3 * piece.size());
}

}  // namespace
}  // namespace quartz::client
