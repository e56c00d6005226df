// Changes of a good index file, of which each is six bytes: a section, a place in it, and what is
// there from now on. All checksums are made right again, so that the audit has to find what is
// wrong. What it lets through is searched.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "base/epoch.hpp"
#include "support/corrupt_file.hpp"
#include "support/scratch_directory.hpp"
#include "vector/index_file_bytes.hpp"
#include "vector/index_file_sample.hpp"
#include "vector/index_search.hpp"

namespace quartz::vector {
namespace {

constexpr std::size_t kDimensions = 4;
constexpr std::size_t kChangeBytes = 6;

const ScratchDirectory& scratch() {
  static const ScratchDirectory directory;
  return directory;
}

std::string good_file() {
  IndexFileSample sample(kDimensions);
  sample.with_vectors = true;
  sample.add(60, 1);
  sample.remove(7);
  sample.write(io::posix_file_system(), scratch() / "good").value();
  return file_contents(scratch() / "good");
}

void change(IndexFileBytes& file, const std::uint8_t* change) {
  const std::size_t section = change[0] % IndexFileBytes::kChecksums;
  std::string contents = file.section(section);
  if (contents.empty()) return;
  const std::size_t place = (change[1] | std::size_t{change[2]} << 8) % contents.size();
  // One byte, two or none of the section from there on.
  switch (change[3] % 4) {
    case 0:
    case 1:
      contents[place] = static_cast<char>(change[4]);
      break;
    case 2:
      contents[place] = static_cast<char>(change[4]);
      if (place + 1 < contents.size()) contents[place + 1] = static_cast<char>(change[5]);
      break;
    default:
      contents.resize(place);
  }
  file.replace(section, contents);
}

void search(const VectorIndex& index) {
  IndexSearch search;
  const EpochGuard guard;
  for (int i = 0; i < 10; ++i) {
    const std::vector<float> query(kDimensions, static_cast<float>(i) / 10);
    search.walk(index, {.components = query, .k = 5, .ef = 20, .at = 1});
    search.scan(index, {.components = query, .k = 5, .ef = 20, .at = 1});
    for (const FoundPoint& point : search.found()) QUARTZ_CHECK(!point.entry->id().empty());
  }
}

void load_and_search(const std::uint8_t* data, std::size_t size) {
  static const std::string good = good_file();
  IndexFileBytes file(good);
  for (std::size_t at = 0; at + kChangeBytes <= size && at < 20 * kChangeBytes;
       at += kChangeBytes) {
    change(file, data + at);
  }
  file.seal();
  overwrite_file(scratch() / "changed", file.bytes());
  const auto reader = IndexFileReader::open(io::posix_file_system(), scratch() / "changed");
  if (!reader) return;
  VectorIndexConfig config;
  config.m = 8;
  config.quantization = Quantization::none;
  const auto index = VectorIndex::load(*reader, config, {});
  if (index) search(**index);
}

}  // namespace
}  // namespace quartz::vector

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  quartz::vector::load_and_search(data, size);
  return 0;
}
