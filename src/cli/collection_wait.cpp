#include "cli/collection_wait.hpp"

#include <chrono>
#include <cstdint>
#include <future>

#include <fmt/format.h>

#include "base/start_thread.hpp"
#include "base/try.hpp"
#include "cli/progress.hpp"
#include "cli/signals.hpp"

namespace quartz::cli {
namespace {

// Longer than a person notices, and short enough that one who presses Ctrl-C does not do it twice.
constexpr std::chrono::milliseconds kLookForInterruption{50};

}  // namespace

Result<void> wait_for(StorageEngine& engine, Console& console, const std::string& label,
                      const CollectionWork& work) {
  // The work ends when the engine closes and not otherwise, so somebody else has to close it.
  auto done = std::async(std::launch::async, [&] {
    name_this_thread("quartz:build");
    Progress progress(console.progress_mode(), label, 0);
    return work([&](std::uint64_t linked, std::uint64_t total) {
      progress.set_total(total);
      progress.update(linked, fmt::format("{} of {} vectors", grouped(linked), grouped(total)));
    });
  });
  while (done.wait_for(kLookForInterruption) != std::future_status::ready) {
    if (!interruption()) continue;
    const Result<void> closed = engine.close();
    (void)done.get();  // That it was broken off is what was asked for.
    // `busy` is what a search that was on its way has held until now.
    if (!closed && closed.error().code() != Errc::busy) return closed.error();
    return Error(Errc::cancelled, "interrupted");
  }
  return done.get();
}

}  // namespace quartz::cli
