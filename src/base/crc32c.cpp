#include "base/crc32c.hpp"

#include <algorithm>
#include <array>
#include <atomic>

#include "base/coding.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#include <sys/auxv.h>
#endif

namespace quartz {
namespace {

// The polynomial with its bits reversed, as this CRC runs: bit 31 stands for x^0, bit 0 for x^31.
constexpr std::uint32_t kPolynomial = 0x82F63B78u;

// `crc` times x.
constexpr std::uint32_t times_x(std::uint32_t crc) noexcept {
  return (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
}

// kTables[k][b]: what byte `b`, followed by `k` zero bytes, adds to the CRC.
using Tables = std::array<std::array<std::uint32_t, 256>, 8>;
constexpr Tables make_tables() noexcept {
  Tables tables{};
  for (std::uint32_t b = 0; b < 256; ++b) {
    std::uint32_t crc = b;
    for (int bit = 0; bit < 8; ++bit) crc = times_x(crc);
    tables[0][b] = crc;
  }
  for (std::size_t k = 1; k < 8; ++k) {
    for (std::size_t b = 0; b < 256; ++b) {
      const std::uint32_t before = tables[k - 1][b];
      tables[k][b] = (before >> 8) ^ tables[0][before & 0xFF];
    }
  }
  return tables;
}
constexpr Tables kTables = make_tables();

using Function = std::uint32_t (*)(std::span<const std::byte>, std::uint32_t) noexcept;

#if defined(__x86_64__)

// Long inputs are cut into three lanes, because the instruction takes three cycles but one can
// start in each. A lane's CRC moves over the words behind it by a carry-less product with a
// constant.
constexpr std::size_t kLaneWordsMax = 128;

// kShift[n] moves a CRC over `n` words: x^(64 n - 33). The product of two reversed numbers lacks
// one factor x, and reducing it with the instruction multiplies by x^32.
constexpr std::array<std::uint32_t, 2 * kLaneWordsMax + 1> make_shifts() noexcept {
  std::array<std::uint32_t, 2 * kLaneWordsMax + 1> shifts{};
  std::uint32_t power = 0x80000000u;  // x^0
  for (int i = 0; i < 31; ++i) power = times_x(power);
  for (std::size_t n = 1; n < shifts.size(); ++n) {
    shifts[n] = power;
    for (int i = 0; i < 64; ++i) power = times_x(power);
  }
  return shifts;
}
constexpr auto kShifts = make_shifts();

__attribute__((target("sse4.2,pclmul"))) std::uint64_t shifted(std::uint64_t crc,
                                                               std::size_t words) noexcept {
  const __m128i product =
      _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<long long>(crc)),
                           _mm_cvtsi32_si128(static_cast<int>(kShifts[words])), 0);
  return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
}

__attribute__((target("sse4.2,pclmul"))) std::uint32_t crc32c_sse42(
    std::span<const std::byte> bytes, std::uint32_t seed) noexcept {
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint64_t crc = ~seed;
  constexpr std::size_t kLanesBytesMin =
      3 * 3 * 8;  // Below it the detour costs more than it saves.
  while (left >= kLanesBytesMin) {
    const std::size_t words = std::min(left / 24, kLaneWordsMax);
    const std::byte* const second = at + 8 * words;
    const std::byte* const third = second + 8 * words;
    std::uint64_t crc2 = 0;
    std::uint64_t crc3 = 0;
    // The third lane keeps its last word back: the shifted lanes go through the instruction with
    // it.
    for (std::size_t i = 0; i < words - 1; ++i) {
      crc = _mm_crc32_u64(crc, load<std::uint64_t>(at + 8 * i));
      crc2 = _mm_crc32_u64(crc2, load<std::uint64_t>(second + 8 * i));
      crc3 = _mm_crc32_u64(crc3, load<std::uint64_t>(third + 8 * i));
    }
    crc = _mm_crc32_u64(crc, load<std::uint64_t>(second - 8));
    crc2 = _mm_crc32_u64(crc2, load<std::uint64_t>(third - 8));
    const std::uint64_t carried = shifted(crc, 2 * words) ^ shifted(crc2, words);
    crc = _mm_crc32_u64(crc3, load<std::uint64_t>(third + 8 * words - 8) ^ carried);
    at += 24 * words;
    left -= 24 * words;
  }
  for (; left >= 8; at += 8, left -= 8) crc = _mm_crc32_u64(crc, load<std::uint64_t>(at));
  auto tail = static_cast<std::uint32_t>(crc);
  if ((left & 4) != 0) {
    tail = _mm_crc32_u32(tail, load<std::uint32_t>(at));
    at += 4;
  }
  if ((left & 2) != 0) {
    tail = _mm_crc32_u16(tail, load<std::uint16_t>(at));
    at += 2;
  }
  if ((left & 1) != 0) tail = _mm_crc32_u8(tail, load<std::uint8_t>(at));
  return ~tail;
}

Function fastest() noexcept {
  __builtin_cpu_init();  // Somebody's static constructor may be calling.
  const bool has_both = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
  return has_both ? &crc32c_sse42 : &crc32c_portable;
}

#elif defined(__aarch64__)

__attribute__((target("+crc"))) std::uint32_t crc32c_armv8(std::span<const std::byte> bytes,
                                                           std::uint32_t seed) noexcept {
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint32_t crc = ~seed;
  for (; left >= 8; at += 8, left -= 8) crc = __crc32cd(crc, load<std::uint64_t>(at));
  for (; left > 0; ++at, --left) crc = __crc32cb(crc, load<std::uint8_t>(at));
  return ~crc;
}

Function fastest() noexcept {
  constexpr unsigned long kHasCrc32 = 1ul << 7;  // HWCAP_CRC32
  return (getauxval(AT_HWCAP) & kHasCrc32) != 0 ? &crc32c_armv8 : &crc32c_portable;
}

#else

Function fastest() noexcept { return &crc32c_portable; }

#endif

std::uint32_t choose_and_run(std::span<const std::byte> bytes, std::uint32_t seed) noexcept;

// Starts at the chooser, so that it is right even before static constructors have run.
constinit std::atomic<Function> chosen{&choose_and_run};

std::uint32_t choose_and_run(std::span<const std::byte> bytes, std::uint32_t seed) noexcept {
  const Function function = fastest();
  chosen.store(function, std::memory_order_relaxed);
  return function(bytes, seed);
}

}  // namespace

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t seed) noexcept {
  return chosen.load(std::memory_order_relaxed)(bytes, seed);
}

std::uint32_t crc32c_portable(std::span<const std::byte> bytes, std::uint32_t seed) noexcept {
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  std::uint32_t crc = ~seed;
  // Eight bytes a round, each looked up as if the ones after it were zero (Kounavis and Berry,
  // 2005).
  for (; left >= 8; at += 8, left -= 8) {
    const std::uint64_t word = load<std::uint64_t>(at) ^ crc;
    crc = 0;
    for (std::size_t i = 0; i < 8; ++i) crc ^= kTables[7 - i][(word >> (8 * i)) & 0xFF];
  }
  for (; left > 0; ++at, --left) {
    crc = (crc >> 8) ^ kTables[0][(crc ^ load<std::uint8_t>(at)) & 0xFF];
  }
  return ~crc;
}

}  // namespace quartz
