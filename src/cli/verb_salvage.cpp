#include <cstdint>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "cli/damage_report.hpp"
#include "cli/database.hpp"
#include "cli/verb.hpp"
#include "quartz/storage/verify.hpp"

namespace quartz::cli {
namespace {

struct SalvageOptions {
  std::string directory;
  std::string target;
  bool json = false;
};

void print_report(const SalvageOptions& options, const SalvageReport& report, Console& console) {
  if (options.json) {
    const boost::json::object object = {{"rows_from_levels", report.rows_from_levels},
                                        {"operations_from_log", report.operations_from_log},
                                        {"damage", to_json(report.damage)}};
    console.print("{}\n", boost::json::serialize(object));
    return;
  }
  print_damage(report.damage, console);
  if (console.quiet) return;
  console.print("{}: saved {} rows of the levels and {} operations of the log\n", options.target,
                grouped(report.rows_from_levels), grouped(report.operations_from_log));
  if (!report.damage.empty()) {
    console.print(
        "{} damaged places were skipped; a row whose newest version was there may be "
        "back in an older one\n",
        report.damage.size());
  }
}

// Damage that was met is the reason for salvaging and no failure of it.
Result<ExitStatus> salvage_database(const SalvageOptions& options, Console& console) {
  console.set_subject(options.directory);
  const auto report = [&] {
    Progress progress(console.progress_mode(), "salvaging", 0);
    return salvage(options.directory, options.target, [&](std::uint64_t done, std::uint64_t total) {
      progress.set_total(total);
      progress.update(done, fmt::format("{} of {}", readable_bytes(done), readable_bytes(total)));
    });
  }();
  if (!report) return report.error();
  print_report(options, *report, console);
  return ExitStatus::success;
}

}  // namespace

Action define_salvage(CLI::App& app) {
  auto options = std::make_shared<SalvageOptions>();
  add_directory(app, options->directory);
  app.add_option("TARGET", options->target, "Directory of the new database; must not exist yet")
      ->required();
  app.add_flag("--json", options->json, "Print the report as JSON");
  app.footer(
      "Copies all that is whole and changes nothing in DIR, which must not be open. Exits with 0 "
      "also when damage was met: it is listed.\n\n"
      "Example:\n"
      "  quartz salvage damaged rescued && quartz verify rescued");
  return [options](Console& console) { return salvage_database(*options, console); };
}

}  // namespace quartz::cli
