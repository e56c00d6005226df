#include "bench/run/programs.hpp"

#include <algorithm>
#include <sstream>
#include <unistd.h>

#include "base/try.hpp"
#include "bench/run/child_process.hpp"

namespace quartz::bench {
namespace {

constexpr std::string_view kPrefix = "quartz_bench_";

std::vector<std::string> split(const std::string& text, char separator) {
  std::vector<std::string> parts;
  std::istringstream stream(text);
  for (std::string part; std::getline(stream, part, separator);) parts.push_back(part);
  return parts;
}

Result<MeasuredEngine> parse_description(const std::string& line,
                                         const std::filesystem::path& program) {
  std::vector<std::string> fields = split(line, '\t');
  if (fields.size() < 2) {
    return Error(Errc::corruption, program.string() + " describe: not understood: " + line);
  }
  fields.resize(5);
  return MeasuredEngine{.name = fields[0],
                        .peer = fields[0],
                        .version = fields[1],
                        .remark = fields[2],
                        .only_categories = split(fields[3], ','),
                        .not_in_categories = split(fields[4], ','),
                        .program = program};
}

}  // namespace

bool MeasuredEngine::takes_part_in(std::string_view category) const {
  const auto named = [&](const std::vector<std::string>& list) {
    return std::ranges::find(list, category) != list.end();
  };
  return (only_categories.empty() || named(only_categories)) && !named(not_in_categories);
}

Result<std::vector<MeasuredEngine>> find_engines(const std::filesystem::path& folder) {
  std::vector<MeasuredEngine> engines;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(kPrefix) || name.find('.') != std::string::npos) continue;
    if (::access(entry.path().c_str(), X_OK) != 0 || !entry.is_regular_file()) continue;
    QUARTZ_ASSIGN(const std::string described, run_program(entry.path(), {"describe"}));
    for (const std::string& line : split(described, '\n')) {
      QUARTZ_ASSIGN(MeasuredEngine engine, parse_description(line, entry.path()));
      engines.push_back(std::move(engine));
    }
  }
  std::ranges::sort(engines, {}, [](const MeasuredEngine& engine) {
    return std::pair(engine.name != "quartz", engine.name);
  });
  if (engines.empty() || engines.front().name != "quartz") {
    return Error(Errc::not_found, (folder / "quartz_bench_quartz").string() + " is not built");
  }
  return engines;
}

}  // namespace quartz::bench
