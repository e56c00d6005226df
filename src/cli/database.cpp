#include "cli/database.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "cli/progress.hpp"
#include "quartz/storage/event_listener.hpp"

namespace quartz::cli {
namespace {

// Shows how far the replay of the log has come; short ones show nothing.
class RecoveryProgress final : public EventListener {
 public:
  explicit RecoveryProgress(Progress::Mode mode)
      : progress_(std::in_place, mode, "recovering", 0) {}

  void on_recovery_progress(const RecoveryEvent& event) override {
    // An empty log has nothing to show.
    if (!progress_ || event.bytes_total == 0) return;
    progress_->set_total(event.bytes_total);
    progress_->update(event.bytes_done, fmt::format("{} records", grouped(event.record_count)));
  }

  // Takes the bar away. The engine keeps the listener, which is silent from then on.
  void finish() { progress_.reset(); }

 private:
  std::optional<Progress> progress_;
};

std::string_view name_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return "debug";
    case LogLevel::info:
      return "info";
    case LogLevel::warning:
      return "warning";
    case LogLevel::error:
      return "error";
  }
  return "";
}

// Standard output belongs to results, so the engine's lines must not go where spdlog likes.
Logger logger_to_standard_error(LogLevel lowest) {
  return [lowest](LogLevel level, std::string_view line) {
    if (level < lowest) return;
    write_to_standard_error(fmt::format("quartz: {}: {}\n", name_of(level), line));
  };
}

}  // namespace

Result<StorageEngine> open_database(Console& console, const std::string& directory, OpenMode mode,
                                    StorageConfig config) {
  console.set_subject(directory);
  const auto recovery = std::make_shared<RecoveryProgress>(console.progress_mode());
  config.create_if_missing = mode == OpenMode::create;
  config.logger = logger_to_standard_error(console.verbose ? LogLevel::info : LogLevel::warning);
  config.event_listener = recovery;
  auto engine = StorageEngine::open(directory, std::move(config));
  recovery->finish();
  return engine;
}

Result<Keyspace> find_keyspace(StorageEngine& engine, const std::string& name, OpenMode mode) {
  if (name.empty()) return engine.default_keyspace();
  auto found = engine.keyspace(name);
  const bool missing = !found && found.error().code() == Errc::not_found;
  return missing && mode == OpenMode::create ? engine.create_keyspace(name) : found;
}

void add_directory(CLI::App& app, std::string& directory) {
  app.add_option("DIR", directory, "Directory of the database")->required();
}

void add_keyspace(CLI::App& app, std::string& keyspace, const std::string& description) {
  app.add_option("-k,--keyspace", keyspace, description)->type_name("NAME");
}

void add_durability(CLI::App& app, Durability& durability) {
  static const std::map<std::string, Durability> kNames = {
      {"memory", Durability::memory}, {"process", Durability::process}, {"disk", Durability::disk}};
  app.add_option(
         "--durability", durability,
         "What an acknowledged write survives: process (a kill, the default), disk (a power "
         "cut), memory (neither)")
      ->transform(CLI::CheckedTransformer(kNames).description(""))
      ->type_name("memory|process|disk");
}

}  // namespace quartz::cli
