#include "server/program/program_log.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/async.h>
#include <spdlog/formatter.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "base/start_thread.hpp"

namespace quartz::server {
namespace {

constexpr std::size_t kLinesWaitingMax = 8192;
constexpr std::string_view kAccessLogger = "access";

std::string json_text(std::string_view text) {
  return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

std::string_view name_of(spdlog::level::level_enum level) {
  const auto name = spdlog::level::to_string_view(level);
  return {name.data(), name.size()};
}

// A line of JSON for each message. Those about accesses are members of an object already.
class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& to) override {
    using std::chrono::milliseconds;
    const auto time = std::chrono::floor<milliseconds>(message.time.time_since_epoch());
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const std::string_view text(message.payload.data(), message.payload.size());
    const bool access =
        std::string_view(message.logger_name.data(), message.logger_name.size()) == kAccessLogger;
    fmt::format_to(std::back_inserter(to),
                   "{{\"time\":\"{:%Y-%m-%dT%H:%M:%S}.{:03}Z\",\"level\":\"{}\",{}{}}}\n",
                   fmt::gmtime(static_cast<std::time_t>(seconds.count())),
                   (time - milliseconds(seconds)).count(), name_of(message.level),
                   access ? "" : "\"message\":", access ? std::string(text) : json_text(text));
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

spdlog::level::level_enum level_of(LogLevel level) noexcept {
  switch (level) {
    case LogLevel::debug:
      return spdlog::level::debug;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::error:
      break;
  }
  return spdlog::level::err;
}

std::string access_members(const AccessRecord& access) {
  return fmt::format(
      "\"message\":\"access\",\"protocol\":\"{}\",\"method\":\"{}\",\"route\":{},\"status\":{},"
      "\"request_id\":\"{}\",{}\"remote\":\"{}\",\"request_bytes\":{},\"response_bytes\":{},"
      "\"microseconds\":{}",
      access.protocol, access.method, json_text(access.route), access.status, access.request_id,
      access.trace_id.empty() ? "" : fmt::format("\"trace_id\":\"{}\",", access.trace_id),
      access.remote, access.request_bytes, access.response_bytes,
      access.duration / std::chrono::microseconds(1));
}

std::string access_line(const AccessRecord& access) {
  return fmt::format("{} {} {} {} in {} us, {} bytes in, {} out, from {}, request {}{}{}",
                     access.protocol, access.method, access.route.empty() ? "-" : access.route,
                     access.status, access.duration / std::chrono::microseconds(1),
                     access.request_bytes, access.response_bytes, access.remote, access.request_id,
                     access.trace_id.empty() ? "" : ", trace ", access.trace_id);
}

}  // namespace

ProgramLog::ProgramLog(const LogSettings& settings) : format_(settings.format) {
  spdlog::drop_all();
  spdlog::init_thread_pool(kLinesWaitingMax, 1, [] { name_this_thread("quartz:log"); });
  const auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  if (settings.format == LogFormat::json) {
    sink->set_formatter(std::make_unique<JsonFormatter>());
  } else {
    sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
        "%Y-%m-%dT%H:%M:%S.%eZ %-8l %v", spdlog::pattern_time_type::utc));
  }
  const auto add = [&](std::string name) {
    auto logger =
        std::make_shared<spdlog::async_logger>(std::move(name), sink, spdlog::thread_pool(),
                                               spdlog::async_overflow_policy::overrun_oldest);
    spdlog::register_logger(logger);
    return logger;
  };
  spdlog::set_default_logger(add("quartz"));
  add(std::string(kAccessLogger));
  set_access(settings.access);
  set_level(settings.level);
}

ProgramLog::~ProgramLog() {
  const std::size_t dropped = spdlog::thread_pool()->overrun_counter();
  if (dropped > 0) spdlog::warn("{} lines of the log were dropped", dropped);
  spdlog::shutdown();
}

void ProgramLog::set_level(LogLevel level) { spdlog::default_logger()->set_level(level_of(level)); }

// Whoever asks for accesses wants them, whatever else he wants.
void ProgramLog::set_access(bool on) {
  spdlog::get(std::string(kAccessLogger))->set_level(on ? spdlog::level::info : spdlog::level::off);
}

Logger ProgramLog::logger() const {
  return [logger = spdlog::default_logger()](LogLevel level, std::string_view line) {
    logger->log(level_of(level), "{}", line);
  };
}

AccessLog ProgramLog::access_log() const {
  return [logger = spdlog::get(std::string(kAccessLogger)),
          format = format_](const AccessRecord& access) {
    if (!logger->should_log(spdlog::level::info)) return;
    logger->info("{}", format == LogFormat::json ? access_members(access) : access_line(access));
  };
}

}  // namespace quartz::server
