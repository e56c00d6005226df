#include "cli/picture_data.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <system_error>

#include <fmt/format.h>

#include "base/try.hpp"
#include "io/file_system.hpp"
#include "vector/vector_file_reader.hpp"

namespace quartz::cli {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWhole = "mnist-784";
constexpr const char* kSample = "mnist-784-sample";

fs::path file_of(const fs::path& directory, const std::string& set, const char* part) {
  return directory / fmt::format("{}.{}.u8bin", set, part);
}

bool is_in(const fs::path& directory, const std::string& set) {
  std::error_code ignored;
  return fs::exists(file_of(directory, set, "base"), ignored) &&
         fs::exists(file_of(directory, set, "query"), ignored);
}

Result<std::optional<PictureData>> read_pictures(const fs::path& directory,
                                                 const std::string& set) {
  PictureData data{
      .base = file_of(directory, set, "base"), .queries = {}, .sample = set == kSample};
  io::FileSystem& files = io::posix_file_system();
  QUARTZ_ASSIGN(const auto base, vector::VectorFileReader::open(files, data.base));
  QUARTZ_ASSIGN(auto query,
                vector::VectorFileReader::open(files, file_of(directory, set, "query")));
  data.base_count = base.count();
  data.side = static_cast<std::size_t>(std::lround(std::sqrt(base.dimensions())));
  if (data.dimensions() != base.dimensions() || query.dimensions() != base.dimensions() ||
      base.count() == 0 || query.count() == 0) {
    return Error(Errc::invalid_argument,
                 fmt::format("{}: {} rows of {} components, with {} queries of {}, are no square "
                             "pictures",
                             data.base.string(), base.count(), base.dimensions(), query.count(),
                             query.dimensions()));
  }
  const auto queries = std::min<std::uint64_t>(query.count(), kPictureQueriesMax);
  data.queries.resize(static_cast<std::size_t>(queries) * data.dimensions());
  QUARTZ_TRY(query.read(std::span<float>(data.queries)));
  return std::optional(std::move(data));
}

}  // namespace

Result<std::optional<PictureData>> find_picture_data(const std::string& chosen) {
  if (!chosen.empty()) {
    for (const char* const set : {kWhole, kSample}) {
      if (is_in(chosen, set)) return read_pictures(chosen, set);
    }
    return Error(Errc::not_found,
                 fmt::format("{} has no {}.base.u8bin and {}.query.u8bin", chosen, kWhole, kWhole));
  }
  const char* const shared = std::getenv("QUARTZ_DATA_DIR");
  if (shared != nullptr && *shared != '\0' && is_in(shared, kWhole)) {
    return read_pictures(shared, kWhole);
  }
  // A tool that was installed may find the tree gone that it was built in.
  for (const char* const directory : {QUARTZ_SAMPLE_DIRECTORY, QUARTZ_INSTALLED_SAMPLE_DIRECTORY}) {
    if (is_in(directory, kSample)) return read_pictures(directory, kSample);
  }
  return std::optional<PictureData>();
}

std::vector<std::uint8_t> pixels_of(std::span<const float> vector) {
  std::vector<std::uint8_t> pixels;
  pixels.reserve(vector.size());
  for (const float component : vector) {
    pixels.push_back(static_cast<std::uint8_t>(std::clamp(component, 0.0F, 255.0F)));
  }
  return pixels;
}

}  // namespace quartz::cli
