// The small files of a database: FORMAT, CLOCK or APPLIED, as the first byte says. Where its
// highest bit is set the file's checksums are made right first.
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/coding.hpp"
#include "base/crc32c.hpp"
#include "storage/applied_file.hpp"
#include "storage/expiry_clock.hpp"
#include "storage/format_file.hpp"
#include "support/corrupt_file.hpp"
#include "support/hand_clock.hpp"
#include "support/scratch_directory.hpp"

namespace quartz::storage {
namespace {

const ScratchDirectory& scratch() {
  static const ScratchDirectory directory;
  return directory;
}

io::FileSystem& files() { return io::posix_file_system(); }

// Eight bytes at `offset`, and behind them their checksum.
void seal(std::string& contents, std::size_t offset) {
  if (contents.size() < offset + 12) return;
  const std::uint32_t crc = crc32c(as_bytes(contents).subspan(offset, 8));
  std::memcpy(contents.data() + offset + 8, &crc, sizeof crc);
}

void look_at_format(std::string contents, bool sealed) {
  if (sealed) contents += fmt::format("crc32c {:08x}\n", crc32c(as_bytes(contents)));
  overwrite_file(scratch() / kFormatFileName, contents);
  const auto format = storage::read_format(files(), scratch().path());
  if (!format) {
    const Error& error = format.error();
    QUARTZ_CHECK(error.code() == Errc::corruption || error.code() == Errc::unsupported);
    QUARTZ_CHECK(error.message().starts_with((scratch() / kFormatFileName).string()));
    return;
  }
  QUARTZ_CHECK(format->has_value());
  write_format(files(), scratch().path(), **format).value();
  const auto again = storage::read_format(files(), scratch().path()).value();
  QUARTZ_CHECK(again.has_value() && again->version == (*format)->version &&
               again->database_id == (*format)->database_id);
}

void look_at_clock(std::string contents, bool sealed) {
  const std::filesystem::path path = scratch() / kClockFileName;
  if (sealed) {
    seal(contents, 0);
    seal(contents, 16);
  }
  overwrite_file(path, contents);
  const auto shown = ExpiryClock::read(files(), path);
  // Who finds nothing wrong with it can read it.
  const auto damage = ExpiryClock::find_damage(files(), path);
  QUARTZ_CHECK(shown || damage);
  QUARTZ_CHECK(!shown || *shown >= ExpiryTime());
  HandClock time;
  const auto clock =
      ExpiryClock::open(files(), path, time.source(), [](LogLevel, std::string_view) {}).value();
  QUARTZ_CHECK(!shown || clock->now() >= *shown);
  const ExpiryTime now = clock->now();
  clock->save().value();
  QUARTZ_CHECK(ExpiryClock::read(files(), path) == now);
  // The copy that was damaged is the one that is written first; the time may not have moved.
  ExpiryClock::write(files(), path, now).value();
  QUARTZ_CHECK(!ExpiryClock::find_damage(files(), path));
  QUARTZ_CHECK(ExpiryClock::read(files(), path) == now);
}

void look_at_applied(std::string contents, bool sealed) {
  if (sealed) seal(contents, 0);
  const std::filesystem::path path = scratch() / kAppliedFileName;
  overwrite_file(path, contents);
  const auto applied = read_applied_file(files(), scratch().path());
  if (!applied) return;
  write_applied_file(files(), scratch().path(), *applied).value();
  QUARTZ_CHECK(file_contents(path) == contents);
}

}  // namespace
}  // namespace quartz::storage

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string contents(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool sealed = data[0] >= 128;
  switch (data[0] % 3) {
    case 0:
      quartz::storage::look_at_format(contents, sealed);
      break;
    case 1:
      quartz::storage::look_at_clock(contents, sealed);
      break;
    default:
      quartz::storage::look_at_applied(contents, sealed);
  }
  return 0;
}
