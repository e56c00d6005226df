#include "io/descriptor.hpp"

#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

namespace quartz::io {
namespace {

constexpr int kLowestDescriptor = 3;

Errc code_of(int error) noexcept {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      return Errc::no_space;
    case EACCES:
    case EPERM:
    case EROFS:
      return Errc::read_only;
    case ENOENT:
      return Errc::not_found;
    case EEXIST:
      return Errc::already_exists;
    default:
      return Errc::io_error;
  }
}

}  // namespace

Error system_error(const std::filesystem::path& path, std::string_view verb, int error) {
  std::string message = path.string();
  message += ": cannot ";
  message += verb;
  message += ": ";
  message += std::generic_category().message(error);
  return {code_of(error), std::move(message)};
}

Descriptor::~Descriptor() {
  // Not repeated when interrupted: Linux has closed it by then, and another thread may own the
  // number already. Its result says nothing either, as what must be durable was synced before.
  if (number_ >= 0) ::close(number_);
}

Result<Descriptor> open_descriptor(const std::filesystem::path& path, int flags, mode_t mode) {
  Descriptor opened(
      retry_interrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, mode); }));
  if (opened.get() < 0) return system_error(path, "open", errno);
  if (opened.get() >= kLowestDescriptor) return opened;
  Descriptor moved(::fcntl(opened.get(), F_DUPFD_CLOEXEC, kLowestDescriptor));
  if (moved.get() < 0) return system_error(path, "open", errno);
  return moved;
}

}  // namespace quartz::io
