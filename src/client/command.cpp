#include "quartz/client/command.hpp"

#include <algorithm>

#include "client/idempotency.hpp"
#include "protocol/resp_request_writer.hpp"

namespace quartz {
namespace client {

EncodedCommand encode(std::span<const std::string_view> words) {
  EncodedCommand command;
  protocol::append_request(command.request, words);
  command.nature = nature_of(words);
  command.idempotent = is_idempotent(command.nature);
  return command;
}

}  // namespace client

void Batch::add(const client::EncodedCommand& command) {
  requests_ += command.request;
  ++count_;
  using client::CommandNature;
  // Repeated from what the batch has left: commands that overwrite do and say the same again, and
  // so does whatever comes behind the last change, for it finds what it found the first time. But
  // an answer that a later command has changed the ground of is another one.
  const bool writes = command.nature != CommandNature::reads;
  idempotent_ = idempotent_ && command.idempotent && !(looked_ && writes);
  looked_ = looked_ || command.nature != CommandNature::overwrites;
  nature_ = std::max(nature_, command.nature);
}

client::EncodedCommand Batch::encoded() const {
  constexpr std::string_view kMulti = "*1\r\n$5\r\nMULTI\r\n";
  constexpr std::string_view kExec = "*1\r\n$4\r\nEXEC\r\n";
  client::EncodedCommand batch;
  batch.request.reserve(kMulti.size() + requests_.size() + kExec.size());
  batch.request.append(kMulti).append(requests_).append(kExec);
  batch.replies = count_ + 2;
  batch.idempotent = idempotent_;
  batch.nature = nature_;
  return batch;
}

}  // namespace quartz
