#include "support/simulated_contents.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string_view>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace quartz::io {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kSectorBytes = 512;

// Memory is all that is needed; without it no test could say anything.
void require(bool done, std::string_view what) {
  if (done) return;
  std::cerr << "the simulated disk cannot " << what << '\n';
  std::abort();
}

// Pages by the thousand are compared for every cut, in builds that are not optimised.
bool is_same(std::span<const std::byte> a, std::span<const std::byte> b) {
  return std::memcmp(a.data(), b.data(), a.size()) == 0;
}
bool is_zero(std::span<const std::byte> page) {
  return page.front() == std::byte{} && is_same(page.first(page.size() - 1), page.subspan(1));
}

// How many of the first bytes are the same; both have as many.
std::size_t same_bytes(std::span<const std::byte> a, std::span<const std::byte> b) {
  std::size_t at = 0;
  while (at < a.size()) {
    const std::size_t bytes = std::min(kPageBytes, a.size() - at);
    if (!is_same(a.subspan(at, bytes), b.subspan(at, bytes))) break;
    at += bytes;
  }
  const auto rest = a.subspan(at);
  return at +
         static_cast<std::size_t>(std::ranges::mismatch(rest, b.subspan(at)).in1 - rest.begin());
}

bool of_hundred(Random& random, std::uint32_t percent) { return random.below(100) < percent; }

// A page of which some sectors are new, some old, and one perhaps both.
void tear(std::span<std::byte> page, std::span<const std::byte> seen, Random& random) {
  for (std::size_t at = 0; at < seen.size(); at += kSectorBytes) {
    std::size_t bytes = std::min(kSectorBytes, seen.size() - at);
    if (random.one_in(8)) bytes = random.below(bytes + 1);
    if (random.one_in(2))
      std::copy_n(seen.begin() + static_cast<std::ptrdiff_t>(at), bytes,
                  page.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

// Lets some pages of `seen` through to `platter`, and perhaps the new size.
void settle(std::vector<std::byte>& platter, std::span<const std::byte> seen, std::uint32_t kept,
            std::uint32_t torn, GrowthOrder growth, Random& random) {
  const std::size_t size_before = platter.size();
  std::size_t size = size_before;
  if (of_hundred(random, kept)) size = seen.size();
  platter.resize(std::max(size_before, seen.size()));
  for (std::size_t at = 0; at < seen.size(); at += kPageBytes) {
    const std::size_t bytes = std::min(kPageBytes, seen.size() - at);
    const auto page = std::span(platter).subspan(at, bytes);
    const auto wanted = seen.subspan(at, bytes);
    if (is_same(page, wanted)) continue;
    if (of_hundred(random, torn)) {
      tear(page, wanted, random);
    } else if (of_hundred(random, kept)) {
      std::ranges::copy(wanted, page.begin());
    } else {
      continue;
    }
    // A page beyond the end takes the end with it.
    if (seen.size() > size_before) size = std::max(size, at + bytes);
  }
  if (growth == GrowthOrder::bytes_first && size > size_before) {
    const std::size_t grown = size - size_before;
    size = size_before + same_bytes(std::span(platter).subspan(size_before, grown),
                                    seen.subspan(size_before, grown));
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

SimulatedContents::SimulatedContents()
    : memory_(::memfd_create("quartz-simulated-file", MFD_CLOEXEC)) {
  require(memory_.get() >= 0, "make a file in memory");
}

SimulatedContents::SimulatedContents(std::vector<std::byte> bytes) : SimulatedContents() {
  truncate(bytes.size());
  // Space that is only reserved, megabytes of it, costs nothing.
  for (std::size_t at = 0; at < bytes.size(); at += kPageBytes) {
    const auto page = std::span(bytes).subspan(at, std::min(kPageBytes, bytes.size() - at));
    if (!is_zero(page)) write_at(at, page);
  }
  platter_ = std::move(bytes);
}

std::uint64_t SimulatedContents::size() const {
  struct stat status{};
  require(::fstat(memory_.get(), &status) == 0, "stat its memory");
  return static_cast<std::uint64_t>(status.st_size);
}

std::size_t SimulatedContents::read_at(std::uint64_t offset, std::span<std::byte> into) const {
  std::size_t filled = 0;
  while (filled < into.size()) {
    const ssize_t got = retry_interrupted([&] {
      return ::pread(memory_.get(), into.data() + filled, into.size() - filled,
                     static_cast<off_t>(offset + filled));
    });
    require(got >= 0, "read its memory");
    if (got == 0) break;
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

void SimulatedContents::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = retry_interrupted([&] {
      return ::pwrite(memory_.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    });
    require(put > 0, "write its memory");
    offset += static_cast<std::uint64_t>(put);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void SimulatedContents::truncate(std::uint64_t bytes) {
  require(::ftruncate(memory_.get(), static_cast<off_t>(bytes)) == 0, "resize its memory");
}

Mapping SimulatedContents::map(std::size_t bytes) const {
  void* const base = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, memory_.get(), 0);
  require(base != MAP_FAILED, "map its memory");
  return Mapping(static_cast<std::byte*>(base), bytes,
                 [](std::byte* at, std::size_t size) noexcept { ::munmap(at, size); });
}

// By a system call, not through a mapping: others may be writing to theirs.
std::vector<std::byte> SimulatedContents::seen() const {
  std::vector<std::byte> bytes(static_cast<std::size_t>(size()));
  bytes.resize(read_at(0, bytes));
  return bytes;
}

void SimulatedContents::sync() { platter_ = seen(); }

void SimulatedContents::sync(std::size_t bytes) {
  const std::vector<std::byte> now = seen();
  platter_.resize(now.size());
  const std::size_t pages = (bytes + kPageBytes - 1) / kPageBytes * kPageBytes;
  std::copy_n(now.begin(), std::min(pages, now.size()), platter_.begin());
}

void SimulatedContents::write_back(Random& random) {
  settle(platter_, seen(), 30, 0, GrowthOrder::bytes_first, random);
}

std::vector<std::byte> SimulatedContents::after(const PowerCut& cut, Random& random) const {
  std::vector<std::byte> left = platter_;
  settle(left, seen(), cut.pages_kept, cut.pages_torn, cut.growth_order, random);
  return left;
}

}  // namespace quartz::io
