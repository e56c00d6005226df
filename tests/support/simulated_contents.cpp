#include "support/simulated_contents.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <string_view>
#include <sys/mman.h>
#include <unistd.h>

namespace quartz::io {
namespace {

constexpr std::size_t kPageBytes = SparseBytes::kPageBytes;
constexpr std::size_t kSectorBytes = 512;

// Memory is all that is needed; without it no test could say anything.
void require(bool done, std::string_view what) {
  if (done) return;
  std::cerr << "the simulated disk cannot " << what << '\n';
  std::abort();
}

// Where the bytes from `begin` to `end`, within the size of both, are different for the first time.
std::size_t first_difference(const SparseBytes& a, const SparseBytes& b, std::size_t begin,
                             std::size_t end) {
  // Beyond the last page of both there are zeros.
  const std::size_t pages =
      std::min(std::max(a.pages(), b.pages()), (end + kPageBytes - 1) / kPageBytes);
  for (std::size_t index = begin / kPageBytes; index < pages; ++index) {
    if (a.same_page(index, b)) continue;
    const std::size_t at = index * kPageBytes;
    const std::size_t skipped = begin > at ? begin - at : 0;
    const auto part = std::span(a.page(index)).subspan(skipped);
    const auto other = std::span(b.page(index)).subspan(skipped);
    const auto found = std::ranges::mismatch(part, other).in1;
    if (found != part.end()) {
      return std::min(end, at + skipped + static_cast<std::size_t>(found - part.begin()));
    }
  }
  return end;
}

std::size_t read_memory(const Descriptor& memory, std::uint64_t offset, std::span<std::byte> into) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const ssize_t got = retry_interrupted([&] {
      return ::pread(memory.get(), into.data() + filled, into.size() - filled,
                     static_cast<off_t>(offset + filled));
    });
    require(got >= 0, "read its memory");
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

void write_memory(const Descriptor& memory, std::uint64_t offset,
                  std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = retry_interrupted([&] {
      return ::pwrite(memory.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    });
    require(put > 0, "write its memory");
    offset += static_cast<std::uint64_t>(put);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void resize_memory(const Descriptor& memory, std::uint64_t bytes) {
  require(::ftruncate(memory.get(), static_cast<off_t>(bytes)) == 0, "resize its memory");
}

// Where the next data or hole (`what`) begins, from `offset` on; `end` at the latest.
std::size_t next_in_memory(const Descriptor& memory, std::size_t offset, int what,
                           std::size_t end) {
  const off_t found = ::lseek(memory.get(), static_cast<off_t>(offset), what);
  require(found >= 0 || errno == ENXIO, "look for data in its memory");
  return found < 0 ? end : std::min(end, static_cast<std::size_t>(found));
}

bool of_hundred(Random& random, std::uint32_t percent) { return random.below(100) < percent; }

// A page of which some sectors are new, some old, and one perhaps both.
void tear(SparseBytes& platter, std::size_t offset, std::span<const std::byte> seen,
          Random& random) {
  for (std::size_t at = 0; at < seen.size(); at += kSectorBytes) {
    std::size_t bytes = std::min(kSectorBytes, seen.size() - at);
    if (random.one_in(8)) bytes = random.below(bytes + 1);
    if (random.one_in(2)) platter.write_at(offset + at, seen.subspan(at, bytes));
  }
}

// Lets some pages of `seen` through to `platter`, and perhaps the new size. Only a page that
// differs asks for a random number, so that a seed leaves the same however the bytes are held.
void settle(SparseBytes& platter, const SparseBytes& seen, std::uint32_t kept, std::uint32_t torn,
            GrowthOrder growth, Random& random) {
  const std::size_t size_before = platter.size();
  std::size_t size = size_before;
  if (of_hundred(random, kept)) size = seen.size();
  platter.resize(std::max(size_before, seen.size()));
  const std::size_t pages = std::max(platter.pages(), seen.pages());
  for (std::size_t index = 0; index < pages; ++index) {
    const std::size_t at = index * kPageBytes;
    if (at >= seen.size()) break;
    const std::size_t bytes = std::min(kPageBytes, seen.size() - at);
    if (platter.same_page(index, seen, bytes)) continue;
    const auto wanted = std::span(seen.page(index)).first(bytes);
    if (of_hundred(random, torn)) {
      tear(platter, at, wanted, random);
    } else if (of_hundred(random, kept)) {
      platter.write_at(at, wanted);
    } else {
      continue;
    }
    // A page beyond the end takes the end with it.
    if (seen.size() > size_before) size = std::max(size, at + bytes);
  }
  if (growth == GrowthOrder::bytes_first && size > size_before) {
    size = first_difference(platter, seen, size_before, size);
  }
  platter.resize(size);
}

}  // namespace

PowerCut PowerCut::random(std::uint64_t seed) {
  Random random(seed);
  constexpr std::array<std::uint32_t, 5> kPercents = {0, 20, 50, 90, 100};
  const auto some = [&] { return kPercents[random.below(kPercents.size())]; };
  PowerCut cut;
  cut.seed = random.next();
  cut.pages_kept = some();
  cut.pages_torn = random.one_in(2) ? 0 : 30;
  cut.names_kept = some();
  return cut;
}

std::size_t SimulatedContents::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  return is_mapped() ? read_memory(memory_, offset, into) : seen_.read_at(offset, into);
}

void SimulatedContents::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (!is_mapped()) return seen_.write_at(offset, bytes);
  write_memory(memory_, offset, bytes);
  if (!bytes.empty()) seen_.resize(std::max(seen_.size(), offset + bytes.size()));
}

void SimulatedContents::truncate(std::uint64_t bytes) {
  seen_.resize(bytes);
  if (is_mapped()) resize_memory(memory_, bytes);
}

Mapping SimulatedContents::map(std::size_t bytes) {
  if (!is_mapped()) {
    memory_ = Descriptor(::memfd_create("quartz-simulated-file", MFD_CLOEXEC));
    require(is_mapped(), "make a file in memory");
    resize_memory(memory_, seen_.size());
    for (std::size_t index = 0; index < seen_.pages(); ++index) {
      const std::size_t at = index * kPageBytes;
      if (seen_.same_page(index, SparseBytes())) continue;
      write_memory(memory_, at,
                   std::span(seen_.page(index)).first(std::min(kPageBytes, seen_.size() - at)));
    }
  }
  void* const base = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory_.get(), 0);
  require(base != MAP_FAILED, "map its memory");
  return Mapping(static_cast<std::byte*>(base), bytes,
                 [](std::byte* at, std::size_t size) noexcept { ::munmap(at, size); });
}

// By system calls, not through a mapping: others may be writing to theirs. Of space that is only
// reserved, megabytes of it, nothing is read.
const SparseBytes& SimulatedContents::seen(std::size_t bytes) const {
  if (!is_mapped()) return seen_;
  std::array<std::byte, 16 * kPageBytes> buffer;
  std::size_t at = next_in_memory(memory_, 0, SEEK_DATA, bytes);
  while (at < bytes) {
    const std::size_t end = next_in_memory(memory_, at, SEEK_HOLE, bytes);
    for (; at < end; at += buffer.size()) {
      const auto part = std::span(buffer).first(std::min(buffer.size(), end - at));
      seen_.write_at(at, part.first(read_memory(memory_, at, part)));
    }
    at = next_in_memory(memory_, end, SEEK_DATA, bytes);
  }
  return seen_;
}

void SimulatedContents::sync() { platter_ = seen(); }

void SimulatedContents::sync(std::size_t bytes) {
  const std::size_t pages = (bytes + kPageBytes - 1) / kPageBytes;
  const SparseBytes& now = seen(std::min(pages * kPageBytes, seen_.size()));
  platter_.resize(now.size());
  const std::size_t held = std::max(platter_.pages(), now.pages());
  for (std::size_t index = 0; index < std::min(pages, held); ++index) {
    platter_.share_page(index, now);
  }
}

void SimulatedContents::write_back(Random& random) {
  settle(platter_, seen(), 30, 0, GrowthOrder::bytes_first, random);
}

SparseBytes SimulatedContents::after(const PowerCut& cut, Random& random) const {
  SparseBytes left = platter_;
  settle(left, seen(), cut.pages_kept, cut.pages_torn, cut.growth_order, random);
  return left;
}

}  // namespace quartz::io
