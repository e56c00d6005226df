#include <algorithm>
#include <cstdint>
#include <iterator>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/damage_report.hpp"
#include "cli/database.hpp"
#include "cli/verb.hpp"
#include "quartz/storage/verify.hpp"
#include "quartz/vector/verify_indexes.hpp"

namespace quartz::cli {
namespace {

struct VerifyOptions {
  std::string directory;
  bool json = false;
};

void print_report(const VerifyOptions& options, const VerifyReport& report, Console& console) {
  if (options.json) {
    const boost::json::object object = {{"files_checked", report.files_checked},
                                        {"bytes_checked", report.bytes_checked},
                                        {"log_records", report.log_records},
                                        {"rows", report.rows},
                                        {"unfinished_tail_bytes", report.unfinished_tail_bytes},
                                        {"damage", to_json(report.damage)}};
    console.print("{}\n", boost::json::serialize(object));
    return;
  }
  print_damage(report.damage, console);
  if (console.quiet) return;
  console.print("{}: {} files, {}: {} records in the log, {} rows in the levels\n",
                options.directory, grouped(report.files_checked),
                readable_bytes(report.bytes_checked), grouped(report.log_records),
                grouped(report.rows));
  if (report.unfinished_tail_bytes != 0) {
    console.print("{} at the end of the log were never finished; opening drops them\n",
                  readable_bytes(report.unfinished_tail_bytes));
  }
  if (report.damage.empty()) console.print("{}\n", console.style().good("no damage"));
}

// Of rows and of indexes, in one report.
Result<VerifyReport> verify_all(const std::string& directory, const FileProgress& progress) {
  QUARTZ_ASSIGN(VerifyReport report, verify(directory, progress));
  QUARTZ_ASSIGN(VerifyReport indexes, verify_indexes(directory, progress));
  report.files_checked += indexes.files_checked;
  report.bytes_checked += indexes.bytes_checked;
  std::ranges::move(indexes.damage, std::back_inserter(report.damage));
  return report;
}

// Damage is a result, on standard output, and an exit status that a script cannot miss.
Result<ExitStatus> verify_database(const VerifyOptions& options, Console& console) {
  console.set_subject(options.directory);
  const auto report = [&] {
    Progress progress(console.progress_mode(), "verifying", 0);
    return verify_all(options.directory, [&](std::uint64_t done, std::uint64_t total) {
      progress.set_total(total);
      progress.update(done, fmt::format("{} of {}", readable_bytes(done), readable_bytes(total)));
    });
  }();
  if (!report) return report.error();
  print_report(options, *report, console);
  if (report->damage.empty()) return ExitStatus::success;
  return console.fail(ExitStatus::corruption,
                      fmt::format("corruption: damage in {} places", report->damage.size()),
                      hint_for(Errc::corruption));
}

}  // namespace

Action define_verify(CLI::App& app) {
  auto options = std::make_shared<VerifyOptions>();
  add_directory(app, options->directory);
  app.add_flag("--json", options->json, "Print the report as JSON");
  app.footer(
      "Reads everything and changes nothing. The database must not be open. Exits with 3 if there "
      "is damage.\n\n"
      "Example:\n"
      "  quartz verify data");
  return [options](Console& console) { return verify_database(*options, console); };
}

}  // namespace quartz::cli
