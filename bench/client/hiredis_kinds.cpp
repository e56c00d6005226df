#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include "base/random.hpp"
#include "base/try.hpp"
#include "bench/client/client_kinds.hpp"

namespace quartz::bench {
namespace {

struct FreeContext {
  void operator()(redisContext* context) const noexcept { redisFree(context); }
};
struct FreeReply {
  void operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }
};

Error failed(std::string_view what) { return {Errc::io_error, fmt::format("hiredis: {}", what)}; }

// A blocking connection.
class Hiredis {
 public:
  static Result<Hiredis> connect(const ClientLoad& load) {
    Hiredis connected(load, redisConnect("127.0.0.1", load.port));
    if (!connected.context_) return failed("no memory for a context");
    if (connected.context_->err != 0) return failed(connected.context_->errstr);
    return connected;
  }

  // One after the other.
  Result<void> ask(std::uint64_t operations) {
    for (; operations > 0; --operations) {
      const std::string& key = next_key();
      QUARTZ_TRY(judge(redisCommand(context_.get(), "GET %b", key.data(), key.size())));
    }
    return {};
  }

  // `depth` requests are sent in one write, and then their replies are read. `Append` puts a
  // request behind those that are to be sent.
  template <class Append>
  Result<void> ask_in_pipelines(std::uint64_t operations, unsigned depth, Append append) {
    while (operations > 0) {
      const std::uint64_t batch = operations < depth ? operations : depth;
      for (std::uint64_t i = 0; i < batch; ++i) {
        if (append(context_.get(), next_key()) != REDIS_OK) return failed(context_->errstr);
      }
      for (std::uint64_t i = 0; i < batch; ++i) {
        void* reply = nullptr;
        if (redisGetReply(context_.get(), &reply) != REDIS_OK) return failed(context_->errstr);
        QUARTZ_TRY(judge(reply));
      }
      operations -= batch;
    }
    return {};
  }

 private:
  Hiredis(const ClientLoad& load, redisContext* context) : load_(&load), context_(context) {}

  const std::string& next_key() { return load_->keys[random_.below(load_->keys.size())]; }

  Result<void> judge(void* answer) const {
    const std::unique_ptr<redisReply, FreeReply> reply(static_cast<redisReply*>(answer));
    if (!reply) return failed(context_->errstr);
    if (reply->type != REDIS_REPLY_STRING || reply->len != load_->value_bytes) {
      return Error(Errc::corruption, "hiredis: a key holds another value");
    }
    return {};
  }

  const ClientLoad* load_;
  std::unique_ptr<redisContext, FreeContext> context_;
  Random random_{1};
};

int append_by_format(redisContext* context, const std::string& key) {
  return redisAppendCommand(context, "GET %b", key.data(), key.size());
}

int append_by_words(redisContext* context, const std::string& key) {
  std::array<const char*, 2> words = {"GET", key.data()};
  const std::array<std::size_t, 2> lengths = {3, key.size()};
  return redisAppendCommandArgv(context, 2, words.data(), lengths.data());
}

// `ask`: how a connection carries out so many operations.
template <class Ask>
ClientKind kind(std::string name, unsigned at_a_time, Ask ask) {
  return {.name = std::move(name),
          .version = fmt::format("{}.{}.{}", HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH),
          .at_a_time = at_a_time,
          .measure = [ask](const ClientLoad& load) -> Result<ClientCost> {
            QUARTZ_ASSIGN(Hiredis hiredis, Hiredis::connect(load));
            QUARTZ_TRY(ask(hiredis, load.warm_operations));
            const ClientMeter meter(load);
            QUARTZ_TRY(ask(hiredis, load.operations));
            return meter.cost();
          }};
}

}  // namespace

std::vector<ClientKind> hiredis_kinds() {
  constexpr unsigned kDepth = 50;
  return {kind("hiredis, pipelines of 50", kDepth,
               [](Hiredis& hiredis, std::uint64_t operations) {
                 return hiredis.ask_in_pipelines(operations, kDepth, append_by_format);
               }),
          kind("hiredis, pipelines of 50, words", kDepth,
               [](Hiredis& hiredis, std::uint64_t operations) {
                 return hiredis.ask_in_pipelines(operations, kDepth, append_by_words);
               }),
          kind("hiredis, blocking", 1,
               [](Hiredis& hiredis, std::uint64_t operations) { return hiredis.ask(operations); })};
}

}  // namespace quartz::bench
