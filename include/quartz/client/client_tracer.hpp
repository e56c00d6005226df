#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "quartz/client/client_error.hpp"

namespace quartz {

/// What is known of an operation when it begins; members are named as the attributes that
/// OpenTelemetry's conventions have for databases, with underscores for dots. Views live until the
/// call returns.
struct OperationBegin {
  std::string_view db_system_name = "quartz";  ///< Always the same.
  std::string_view db_operation_name = {};    ///< "GET"; "EXEC": batches; "other": not a usual one.
  std::uint32_t db_operation_batch_size = 0;  ///< Commands of a batch; 0: it is none.
};

/// One attempt of it.
struct OperationAttempt {
  std::string_view server_address = {};  ///< As in the endpoint's URL; empty within one process.
  std::uint16_t server_port = 0;         ///< 0 within one process.
};

/// How it ended. With all of its attempts; nothing: it succeeded.
struct OperationEnd {
  std::optional<ClientErrc> error_type = {};  ///< Why it failed.
};

/// One operation on its way, made by a `ClientTracer`. Threads: one call at a time, not always on
/// the same one; never while the client holds a lock. Must not throw, nor call the client.
class ClientSpan {
 public:
  virtual ~ClientSpan() = default;
  /// What the server is told, as W3C's Trace Context has it: "00-<trace>-<span>-01". It lives as
  /// long as the span. Empty: the server is told nothing.
  virtual std::string_view traceparent() const = 0;
  /// It is about to be sent, the first time or once more.
  virtual void attempt(const OperationAttempt& attempt) = 0;
  /// Once; the span goes behind it.
  virtual void end(const OperationEnd& end) = 0;
};

/// Makes the spans of a client's operations, for whatever exports them. What the near cache answers
/// at once is no operation. Servers of Quartz are told what `traceparent` says, and put it into
/// their logs; others are not.
class ClientTracer {
 public:
  virtual ~ClientTracer() = default;
  /// Called on the thread that begins the operation, whose current span is its parent. Null: this
  /// one is not recorded. Must not throw. Threads: as many at a time as call the client.
  virtual std::unique_ptr<ClientSpan> begin(const OperationBegin& operation) = 0;
};

}  // namespace quartz
