#include "quartz/client/command.hpp"

#include "client/idempotency.hpp"
#include "protocol/resp_request_writer.hpp"

namespace quartz {
namespace client {

EncodedCommand encode(std::span<const std::string_view> words) {
  EncodedCommand command;
  protocol::append_request(command.request, words);
  command.idempotent = is_idempotent(words);
  return command;
}

}  // namespace client

void Batch::add(const client::EncodedCommand& command) {
  requests_ += command.request;
  ++count_;
  idempotent_ = idempotent_ && command.idempotent;
}

client::EncodedCommand Batch::encoded() const {
  constexpr std::string_view kMulti = "*1\r\n$5\r\nMULTI\r\n";
  constexpr std::string_view kExec = "*1\r\n$4\r\nEXEC\r\n";
  client::EncodedCommand batch;
  batch.request.reserve(kMulti.size() + requests_.size() + kExec.size());
  batch.request.append(kMulti).append(requests_).append(kExec);
  batch.replies = count_ + 2;
  batch.idempotent = idempotent_;
  return batch;
}

}  // namespace quartz
