#pragma once

#include <string>

#include "server/resp/command.hpp"
#include "server/resp/resp_client.hpp"
#include "server/resp/resp_server.hpp"

namespace quartz::server {

/// A command with a transaction of its own, on the database that its client has selected. What it
/// was given outlives it.
class SingleCall {
 public:
  SingleCall(RespServer& server, RespClient& client, Words arguments, std::string& output)
      : transaction_(server.service().engine()),
        view_(server.service().view(transaction_, client.database())),
        reply_(output, client.version()),
        call_{.server = server,
              .client = client,
              .view = view_,
              .arguments = arguments,
              .reply = reply_} {}
  SingleCall(const SingleCall&) = delete;
  SingleCall& operator=(const SingleCall&) = delete;

  /// To be completed before it is run.
  CommandCall& call() noexcept { return call_; }
  Transaction& transaction() noexcept { return transaction_; }
  protocol::RespReplyWriter& reply() noexcept { return reply_; }

 private:
  Transaction transaction_;
  DatabaseView view_;
  protocol::RespReplyWriter reply_;
  CommandCall call_;
};

}  // namespace quartz::server
