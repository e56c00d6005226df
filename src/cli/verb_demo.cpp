#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/demo.hpp"
#include "cli/exit_status.hpp"
#include "cli/picture_data.hpp"
#include "cli/signals.hpp"
#include "cli/verb.hpp"
#include "cli/work_directory.hpp"
#include "quartz/version.hpp"

namespace quartz::cli {
namespace {

struct DemoOptions {
  std::string data = "/usr/share/unicode";
  std::string pictures;
  std::string picture;
  std::string directory;
  std::size_t measured_rows = 100'000;
  bool keep = false;
};

using Step = std::function<Result<void>(Demo&)>;

// Each step starts from what the one before it has left in the database.
std::vector<Step> steps_of(const DemoOptions& options, const std::filesystem::path& sheet) {
  std::vector<Step> steps = {&Demo::load, &Demo::look_up, &Demo::scan, &Demo::travel_back,
                             &Demo::kill_a_writer};
  if (options.measured_rows != 0) {
    steps.emplace_back(
        [&options](Demo& demo) { return demo.compare_with_rocksdb(options.measured_rows); });
  }
  steps.emplace_back(&Demo::import_pictures);
  steps.emplace_back([sheet](Demo& demo) { return demo.find_neighbours(sheet); });
  steps.emplace_back(&Demo::measure_recall);
  if (options.measured_rows != 0) steps.emplace_back(&Demo::compare_with_hnswlib);
  return steps;
}

Result<void> run_steps(Demo& demo, const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    if (interruption()) return Error{Errc::cancelled, "interrupted"};
    QUARTZ_TRY(step(demo));
  }
  return {};
}

void say_what_next(const DemoOptions& options, const std::string& directory, Console& console) {
  const Style& style = console.style();
  console.print("\n{}\n", style.heading("Next"));
  const auto suggest = [&](const std::string& command, const char* what) {
    console.print("   {}  {}\n", style.strong(fmt::format("{:<46}", command)), style.faint(what));
  };
  if (options.keep) {
    suggest(fmt::format("quartz scan {}/unicode -k names --prefix CAT", directory), "look around");
  }
  if (options.keep) {
    suggest(fmt::format("quartz vector search {}/pictures digits --id 00042", directory),
            "what is near to a picture");
  }
  suggest("quartz put my-data greeting hello", "a database of your own");
  suggest("quartz scan my-data --json", "what is in it");
  suggest("quartz --help", "all verbs");
  suggest("./dev test", "the proof");
}

Result<ExitStatus> demo(const DemoOptions& options, Console& console) {
  remember_interruptions();
  const Stopwatch stopwatch;
  auto unicode = read_unicode_data(options.data);
  if (!unicode && unicode.error().code() == Errc::not_found) {
    return console.fail(ExitStatus::not_found, unicode.error().to_string(),
                        "install Debian's package unicode-data (apt-get install unicode-data), or "
                        "say with --data where the files are");
  }
  if (!unicode) {
    return console.fail(ExitStatus::malformed_input, unicode.error().message(),
                        "the files are those of the Unicode Character Database");
  }
  auto pictures = find_picture_data(options.pictures);
  if (!pictures) {
    return console.fail(exit_status_of(pictures.error().code()), pictures.error().to_string(),
                        "leave --picture-data out to search the sample that comes with Quartz");
  }
  QUARTZ_ASSIGN(const WorkDirectory work, WorkDirectory::create(options.directory, options.keep));
  const std::string directory = work.path().string();
  console.print("{}\n",
                console.style().strong(fmt::format("Quartz {} in {}", version(), directory)));
  Demo demo(console, *std::move(unicode), *std::move(pictures), work.path());
  const std::filesystem::path sheet = options.picture.empty()
                                          ? work.path() / "neighbours.png"
                                          : std::filesystem::path(options.picture);
  const auto done = run_steps(demo, steps_of(options, sheet));
  // A step that was broken off may fail in its own way; the reason is the user's wish.
  if (!done && interruption()) {
    return console.fail(*interruption(), "interrupted", "run it again");
  }
  QUARTZ_TRY(done);
  say_what_next(options, directory, console);
  console.print("\n{}\n", console.style().faint(fmt::format(
                              "{:.1f} s in all; every number above was measured in this run.",
                              static_cast<double>(stopwatch.elapsed_ns()) / 1e9)));
  return ExitStatus::success;
}

}  // namespace

Action define_demo(CLI::App& app) {
  auto options = std::make_shared<DemoOptions>();
  app.add_option("--data", options->data,
                 "Where UnicodeData.txt and NamesList.txt are (/usr/share/unicode)")
      ->type_name("DIR");
  app.add_option("--picture-data", options->pictures,
                 "Where mnist-784.base.u8bin and mnist-784.query.u8bin are; else in "
                 "$QUARTZ_DATA_DIR, else a small sample of them")
      ->type_name("DIR");
  app.add_option("--picture", options->picture,
                 "Where to draw what the searches find; else in the working directory")
      ->type_name("FILE.png");
  app.add_option("--directory", options->directory,
                 "Work here, in an empty or new directory, and not among the temporary files")
      ->type_name("DIR");
  app.add_option("--measured-rows", options->measured_rows,
                 "Rows to compare with RocksDB on, at most; 0: no comparison, with hnswlib neither")
      ->type_name("ROWS");
  app.add_flag("--keep", options->keep, "Leave the databases behind for a closer look");
  app.footer(
      "Takes some seconds and needs Debian's package unicode-data.\n\n"
      "Examples:\n"
      "  quartz demo --directory demo --keep\n"
      "  quartz demo --picture neighbours.png");
  return [options](Console& console) { return demo(*options, console); };
}

}  // namespace quartz::cli
