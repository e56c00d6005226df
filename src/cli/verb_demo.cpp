#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include <CLI/App.hpp>
#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/try.hpp"
#include "cli/database.hpp"
#include "cli/demo.hpp"
#include "cli/signals.hpp"
#include "cli/verb.hpp"
#include "cli/work_directory.hpp"
#include "quartz/version.hpp"

namespace quartz::cli {
namespace {

struct DemoOptions {
  std::string data = "/usr/share/unicode";
  std::string directory;
  std::size_t measured_rows = 100'000;
  bool keep = false;
};

// Each step starts from what the one before it has left in the database.
Result<void> run_steps(Demo& demo, const DemoOptions& options) {
  using Step = Result<void> (Demo::*)();
  for (const Step step :
       {&Demo::load, &Demo::look_up, &Demo::scan, &Demo::travel_back, &Demo::kill_a_writer}) {
    if (interruption()) return Error{Errc::cancelled, "interrupted"};
    QUARTZ_TRY((demo.*step)());
  }
  if (options.measured_rows == 0) return {};
  return demo.compare_with_rocksdb(options.measured_rows);
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
  QUARTZ_ASSIGN(const WorkDirectory work, WorkDirectory::create(options.directory, options.keep));
  const std::string directory = work.path().string();
  console.print("{}\n",
                console.style().strong(fmt::format("Quartz {} in {}", version(), directory)));
  Demo demo(console, *std::move(unicode), work.path());
  const auto done = run_steps(demo, options);
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
  app.add_option("--directory", options->directory,
                 "Work here, in an empty or new directory, and not among the temporary files")
      ->type_name("DIR");
  app.add_option("--measured-rows", options->measured_rows,
                 "Rows to compare with RocksDB on, at most; 0: no comparison")
      ->type_name("ROWS");
  app.add_flag("--keep", options->keep, "Leave the databases behind for a closer look");
  app.footer(
      "Takes some seconds and needs Debian's package unicode-data.\n\n"
      "Example:\n"
      "  quartz demo --directory demo --keep");
  return [options](Console& console) { return demo(*options, console); };
}

}  // namespace quartz::cli
