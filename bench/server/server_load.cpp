#include "bench/server/server_load.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/run/child_process.hpp"
#include "io/file_system.hpp"

namespace quartz::bench {
namespace {

constexpr std::string_view kLoadProcessors = "1-1023";

Result<std::string> run_load(std::vector<std::string> command) {
  // Where there is one processor only, the load shares it.
  command.insert(command.begin(), {"-c", std::string(kLoadProcessors)});
  return run_program("/usr/bin/taskset", command);
}

Error unreadable(std::string_view program, std::string_view output) {
  return {Errc::io_error, fmt::format("{}: its output is not understood: {}", program, output)};
}

std::optional<double> number_at(std::string_view text) {
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc()) return std::nullopt;
  return number;
}

// Of a line of quoted, comma-separated cells.
std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  while (!line.empty()) {
    const std::size_t open = line.find('"');
    if (open == std::string_view::npos) break;
    const std::size_t close = line.find('"', open + 1);
    if (close == std::string_view::npos) break;
    cells.push_back(line.substr(open + 1, close - open - 1));
    line.remove_prefix(close + 1);
  }
  return cells;
}

std::optional<double> number_behind(std::string_view text, std::string_view label) {
  const std::size_t at = text.find(label);
  if (at == std::string_view::npos) return std::nullopt;
  text.remove_prefix(at + label.size());
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  return number_at(text);
}

// "1.25ms", "830.00us", "1.02s".
std::optional<double> milliseconds_behind(std::string_view text, std::string_view label) {
  const auto number = number_behind(text, label);
  if (!number) return std::nullopt;
  text.remove_prefix(text.find(label) + label.size());
  const std::string_view unit =
      text.substr(text.find_first_of("ums", text.find_first_of("0123456789")));
  if (unit.starts_with("us")) return *number / 1000;
  return unit.starts_with("ms") ? *number : *number * 1000;
}

std::string address_of(const HttpRequest& request, std::uint16_t port) {
  return fmt::format("http://127.0.0.1:{}{}", port, request.path);
}

// A string of Lua that holds any bytes.
std::string lua_string(std::string_view bytes) {
  std::string text = "\"";
  for (const char byte : bytes) {
    const bool plain = byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';
    text += plain ? std::string(1, byte)
                  : fmt::format("\\{:03}", static_cast<unsigned>(static_cast<unsigned char>(byte)));
  }
  return text + '"';
}

std::string wrk_script(const HttpRequest& request) {
  std::string script = fmt::format("wrk.method = {}\n", lua_string(request.method));
  if (request.body.empty()) return script;
  return script + fmt::format("wrk.headers[\"Content-Type\"] = {}\nwrk.body = {}\n",
                              lua_string(request.content_type), lua_string(request.body));
}

}  // namespace

Result<LoadResult> run_resp_load(const RespLoad& load, std::uint16_t port) {
  QUARTZ_ASSIGN(const std::string output,
                run_load({"redis-benchmark", "-p", std::to_string(port), "--csv", "-t",
                          load.command, "-P", std::to_string(load.depth), "-c",
                          std::to_string(load.clients), "-n", std::to_string(load.requests), "-r",
                          std::to_string(load.keys), "-d", std::to_string(load.value_bytes)}));
  // A head, then a line: test, requests a second, latency in milliseconds: mean, min, 50, 95, 99 %.
  const std::size_t line = output.rfind('"', output.rfind("\",\""));
  const std::size_t begin = output.rfind('\n', line) + 1;
  const auto cells = cells_of(std::string_view(output).substr(begin));
  if (cells.size() < 7) return unreadable("redis-benchmark", output);
  const auto rate = number_at(cells[1]);
  const auto p50 = number_at(cells[4]);
  const auto p99 = number_at(cells[6]);
  if (!rate || !p50 || !p99 || *rate <= 0) return unreadable("redis-benchmark", output);
  const auto requests = static_cast<double>(load.requests);
  return LoadResult{
      .requests = requests, .seconds = requests / *rate, .p50_ms = *p50, .p99_ms = *p99};
}

Result<LoadResult> run_http_load(const HttpLoad& load, const HttpRequest& request,
                                 std::uint16_t port, const std::filesystem::path& script) {
  const std::string text = wrk_script(request);
  QUARTZ_TRY(io::publish_file(io::posix_file_system(), script, std::as_bytes(std::span(text))));
  QUARTZ_ASSIGN(const std::string output,
                run_load({"wrk", "-t", "1", "-c", std::to_string(load.connections), "-d",
                          fmt::format("{}s", load.seconds), "--latency", "-s", script.string(),
                          address_of(request, port)}));
  if (output.find("Non-2xx") != std::string::npos) {
    return Error(Errc::io_error, fmt::format("wrk: {} is not answered with 2xx", request.path));
  }
  const auto rate = number_behind(output, "Requests/sec:");
  // Other percentages stand in front of it.
  const std::size_t distribution = std::min(output.find("Latency Distribution"), output.size());
  const auto latencies = std::string_view(output).substr(distribution);
  const auto p50 = milliseconds_behind(latencies, "50%");
  const auto p99 = milliseconds_behind(latencies, "99%");
  if (!rate || !p50 || !p99) return unreadable("wrk", output);
  const auto seconds = static_cast<double>(load.seconds);
  return LoadResult{
      .requests = *rate * seconds, .seconds = seconds, .p50_ms = *p50, .p99_ms = *p99};
}

Result<void> send_request(const HttpRequest& request, std::uint16_t port) {
  std::vector<std::string> words = {"--silent", "--show-error", "--fail", "--request",
                                    request.method};
  if (!request.body.empty()) {
    words.insert(words.end(), {"--header", "Content-Type: " + request.content_type, "--data-binary",
                               request.body});
  }
  words.push_back(address_of(request, port));
  QUARTZ_TRY(run_program("/usr/bin/curl", words));
  return {};
}

}  // namespace quartz::bench
