#include "bench/run/runner.hpp"

#include <map>
#include <unistd.h>

#include <fmt/format.h>

#include "base/try.hpp"
#include "bench/report/results_file.hpp"
#include "bench/run/child_process.hpp"
#include "bench/run/copy_directory.hpp"

namespace quartz::bench {
namespace {

namespace fs = std::filesystem;

class Run {
 public:
  explicit Run(const RunPlan& plan) : plan_(plan) {}

  Result<std::vector<Series>> all() {
    QUARTZ_TRY(clear(plan_.directory));
    for (const Category* category : plan_.categories) {
      for (const unsigned threads : category->threads) QUARTZ_TRY(measure(*category, threads));
    }
    fs::remove_all(plan_.directory);
    return std::move(series_);
  }

 private:
  static Result<void> clear(const fs::path& directory) {
    std::error_code failed;
    fs::remove_all(directory, failed);
    fs::create_directories(directory, failed);
    if (failed) return Error(Errc::io_error, directory.string() + ": " + failed.message());
    return {};
  }

  Result<void> measure(const Category& category, unsigned threads) {
    std::vector<const MeasuredEngine*> taking_part;
    const std::size_t first = series_.size();
    for (const MeasuredEngine& engine : plan_.engines) {
      if (!engine.takes_part_in(category.name)) continue;
      taking_part.push_back(&engine);
      series_.push_back({.category = std::string(category.name),
                         .engine = engine.name,
                         .threads = threads,
                         .repetitions = {}});
    }
    for (unsigned repetition = 0; repetition < plan_.repetitions; ++repetition) {
      for (std::size_t turn = 0; turn < taking_part.size(); ++turn) {
        const std::size_t which = (turn + repetition) % taking_part.size();
        plan_.progress(fmt::format("{} with {} thread{}, repetition {} of {}: {}", category.name,
                                   threads, threads == 1 ? "" : "s", repetition + 1,
                                   plan_.repetitions, taking_part[which]->name));
        QUARTZ_ASSIGN(const Measurement measured,
                      measure_once(category, threads, *taking_part[which]));
        series_[first + which].repetitions.push_back(measured);
      }
    }
    return {};
  }

  Result<Measurement> measure_once(const Category& category, unsigned threads,
                                   const MeasuredEngine& engine) {
    QUARTZ_ASSIGN(const fs::path directory, prepare(category, engine));
    // What others have left in the system's write cache is not this engine's to wait for.
    if (category.writes) ::sync();
    const fs::path json = plan_.directory / "measurement.json";
    std::vector<std::string> words = arguments("measure", engine, directory);
    words.insert(words.end(),
                 {"--category", std::string(category.name), "--threads", std::to_string(threads),
                  "--seconds", std::to_string(plan_.seconds * category.seconds_factor), "--json",
                  json.string()});
    QUARTZ_TRY(run_program(engine.program, words));
    QUARTZ_ASSIGN(const RunResult result, read_results(json));
    fs::remove(json);
    fs::remove_all(plan_.directory / "work");
    return result.series.at(0).repetitions.at(0);
  }

  // The directory that the measurement works on.
  Result<fs::path> prepare(const Category& category, const MeasuredEngine& engine) {
    const fs::path work = plan_.directory / "work";
    QUARTZ_TRY(clear(work));
    if (category.start == Start::empty) return work / "database";
    QUARTZ_ASSIGN(const fs::path loaded, loaded_directory(category.start, engine));
    if (!category.writes) return loaded;
    QUARTZ_TRY(copy_directory(loaded, work / "database"));
    return work / "database";
  }

  // Loaded once for each engine, when it is first asked for.
  Result<fs::path> loaded_directory(Start start, const MeasuredEngine& engine) {
    const std::string name = start == Start::loaded ? "loaded" : "kilobytes";
    fs::path directory = plan_.directory / name / engine.name;
    if (fs::exists(directory)) return directory;
    plan_.progress(fmt::format("loading a database: {}", engine.name));
    QUARTZ_TRY(clear(directory));
    std::vector<std::string> words = arguments("load", engine, directory);
    words.insert(words.end(), {"--start", name});
    QUARTZ_TRY(run_program(engine.program, words));
    return directory;
  }

  std::vector<std::string> arguments(std::string_view verb, const MeasuredEngine& engine,
                                     const fs::path& directory) const {
    return {std::string(verb),
            "--peer",
            engine.peer,
            "--directory",
            directory.string(),
            "--keys",
            std::to_string(plan_.keys),
            "--seed",
            std::to_string(plan_.seed)};
  }

  const RunPlan& plan_;
  std::vector<Series> series_;
};

}  // namespace

Result<std::vector<Series>> run(const RunPlan& plan) { return Run(plan).all(); }

}  // namespace quartz::bench
