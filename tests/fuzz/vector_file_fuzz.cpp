// A file of vectors, of the format that the first byte says.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/check.hpp"
#include "support/corrupt_file.hpp"
#include "support/scratch_directory.hpp"
#include "vector/vector_file_reader.hpp"

using quartz::VectorFormat;
using quartz::vector::VectorFileReader;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const quartz::ScratchDirectory scratch;
  if (size == 0) return 0;
  const auto format = static_cast<VectorFormat>(data[0] % 8);
  quartz::overwrite_file(scratch / "rows",
                         std::string_view(reinterpret_cast<const char*>(data) + 1, size - 1));
  auto reader = VectorFileReader::open(quartz::io::posix_file_system(), scratch / "rows", format);
  if (!reader) return 0;
  // No more rows than the bytes have room for, so that nobody allocates what a header promises.
  QUARTZ_CHECK(reader->dimensions() > 0);
  QUARTZ_CHECK(reader->count() <= size);
  std::vector<float> row(reader->dimensions());
  for (std::uint64_t i = 0; i < reader->count(); ++i) {
    const auto got = reader->read(std::span<float>(row));
    if (!got) break;
    QUARTZ_CHECK(*got == 1);
  }
  return 0;
}
