#include "vector/vector_format.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/ascii.hpp"

namespace quartz {

std::string_view to_string(VectorFormat format) noexcept {
  switch (format) {
    case VectorFormat::fvecs:
      return "fvecs";
    case VectorFormat::ivecs:
      return "ivecs";
    case VectorFormat::bvecs:
      return "bvecs";
    case VectorFormat::fbin:
      return "fbin";
    case VectorFormat::ibin:
      return "ibin";
    case VectorFormat::u8bin:
      return "u8bin";
    case VectorFormat::i8bin:
      return "i8bin";
    case VectorFormat::npy:
      return "npy";
  }
  return "unknown";
}

namespace vector {
namespace {

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), to_lower);
  return text;
}

}  // namespace

Result<VectorFormat> format_of(const io::Path& path) {
  const std::string extension = lower_case(path.extension().string());
  std::vector<std::string_view> names;
  for (const VectorFormat format : kVectorFormats) {
    names.push_back(to_string(format));
    if (extension.size() == names.back().size() + 1 && extension.ends_with(names.back())) {
      return format;
    }
  }
  return Error(Errc::invalid_argument,
               fmt::format("{}: the name does not tell the format: the extension is '{}', and not "
                           "one of {}",
                           path.string(), extension, fmt::join(names, ", ")));
}

FormatFamily family_of(VectorFormat format) noexcept {
  switch (format) {
    case VectorFormat::fvecs:
    case VectorFormat::ivecs:
    case VectorFormat::bvecs:
      return FormatFamily::vecs;
    case VectorFormat::fbin:
    case VectorFormat::ibin:
    case VectorFormat::u8bin:
    case VectorFormat::i8bin:
      return FormatFamily::bin;
    case VectorFormat::npy:
      break;
  }
  return FormatFamily::npy;
}

std::optional<ElementType> element_of(VectorFormat format) noexcept {
  switch (format) {
    case VectorFormat::fvecs:
    case VectorFormat::fbin:
      return ElementType::float32;
    case VectorFormat::ivecs:
    case VectorFormat::ibin:
      return ElementType::int32;
    case VectorFormat::bvecs:
    case VectorFormat::u8bin:
      return ElementType::uint8;
    case VectorFormat::i8bin:
      return ElementType::int8;
    case VectorFormat::npy:
      break;
  }
  return std::nullopt;
}

}  // namespace vector
}  // namespace quartz
