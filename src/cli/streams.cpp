#include "cli/streams.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/try.hpp"
#include "cli/signals.hpp"
#include "io/file_system.hpp"

namespace quartz::cli {
namespace {

// Few system calls even for millions of rows, and little enough to sit in the cache.
constexpr std::size_t kBufferBytes = 256 * 1024;

// A full disk and a used-up quota are told apart from the rest: the user can do something there.
Error system_error(std::string_view what, std::string_view name, int number) {
  const Errc code = number == ENOSPC || number == EDQUOT ? Errc::no_space : Errc::io_error;
  return Error{code, fmt::format("{} {}: {}", what, name, std::generic_category().message(number))};
}

// A file in the making has this behind its name, and six characters that nobody else has taken.
constexpr std::string_view kStagingSuffix = ".partial-XXXXXX";

// What a link leads to, which need not exist: the user's link stays one.
Result<std::filesystem::path> without_links(const std::string& path) {
  constexpr int kLinksMax = 40;  // As many as the kernel follows.
  std::filesystem::path target = path;
  for (int links = 0; links <= kLinksMax; ++links) {
    std::error_code failure;
    if (!std::filesystem::is_symlink(target, failure)) return target;
    const auto next = std::filesystem::read_symlink(target, failure);
    if (failure) return system_error("cannot follow", target.string(), failure.value());
    target = target.parent_path() / next;
  }
  return system_error("cannot follow", path, ELOOP);
}

// Whoever could not read the old file shall not read the new one: a dump may hold secrets.
Result<void> take_rights(int descriptor, const struct stat& old, const std::string& name) {
  mode_t mode = old.st_mode & mode_t{S_IRWXU | S_IRWXG | S_IRWXO};
  const bool same_group = ::fchown(descriptor, old.st_uid, old.st_gid) == 0 ||
                          ::fchown(descriptor, static_cast<uid_t>(-1), old.st_gid) == 0;
  if (!same_group) mode &= ~mode_t{S_IRWXG};
  if (::fchmod(descriptor, mode) != 0) return system_error("cannot create", name, errno);
  return {};
}

}  // namespace

Result<InputStream> InputStream::open(const std::string& path) {
  if (path == "-") return InputStream{STDIN_FILENO, "standard input", std::nullopt};
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return system_error("cannot open", path, errno);
  struct stat status = {};
  std::optional<std::uint64_t> size;
  if (::fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
    size = static_cast<std::uint64_t>(status.st_size);
  }
  return InputStream{descriptor, path, size};
}

InputStream::InputStream(int descriptor, std::string name, std::optional<std::uint64_t> size)
    : descriptor_(descriptor), name_(std::move(name)), size_(size) {}

InputStream::InputStream(InputStream&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      name_(std::move(other.name_)),
      size_(other.size_),
      position_(other.position_),
      buffer_(std::move(other.buffer_)),
      consumed_(other.consumed_) {}

InputStream::~InputStream() {
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
}

Result<bool> InputStream::fill() {
  buffer_.resize(kBufferBytes);
  consumed_ = 0;
  while (true) {
    wait_until_readable(descriptor_);
    if (interruption()) {
      buffer_.clear();
      return Error{Errc::cancelled, fmt::format("reading {} was interrupted", name_)};
    }
    const ssize_t got = ::read(descriptor_, buffer_.data(), buffer_.size());
    if (got < 0 && errno == EINTR) continue;
    const int number = errno;
    buffer_.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    if (got < 0) return system_error("cannot read", name_, number);
    return got > 0;
  }
}

Result<bool> InputStream::read_line(std::string& line, std::size_t bytes_max) {
  line.clear();
  bool any = false;
  while (true) {
    if (consumed_ == buffer_.size()) {
      QUARTZ_ASSIGN(const bool more, fill());
      if (!more) return any;
    }
    any = true;
    const std::string_view rest = std::string_view(buffer_).substr(consumed_);
    const std::size_t newline = rest.find('\n');
    const std::string_view part = rest.substr(0, newline);
    const std::size_t taken = part.size() + (newline == std::string_view::npos ? 0 : 1);
    if (part.size() > bytes_max - line.size()) {
      return Error{Errc::too_large, fmt::format("a line is longer than {} bytes", bytes_max)};
    }
    line += part;
    consumed_ += taken;
    position_ += taken;
    if (newline != std::string_view::npos) return true;
  }
}

Result<std::size_t> InputStream::read(std::string& to, std::size_t count) {
  std::size_t done = 0;
  while (done < count) {
    if (consumed_ == buffer_.size()) {
      QUARTZ_ASSIGN(const bool more, fill());
      if (!more) break;
    }
    const std::size_t part = std::min(count - done, buffer_.size() - consumed_);
    to.append(buffer_, consumed_, part);
    consumed_ += part;
    position_ += part;
    done += part;
  }
  return done;
}

OutputStream OutputStream::standard_output() {
  return OutputStream{STDOUT_FILENO, "standard output", std::string{}};
}

Result<OutputStream> OutputStream::create(const std::string& path) {
  if (path == "-") return standard_output();
  // Pipes and devices cannot be renamed into place, and must not be replaced by a file.
  struct stat old = {};
  const bool exists = ::stat(path.c_str(), &old) == 0;
  if (exists && !S_ISREG(old.st_mode)) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return system_error("cannot create", path, errno);
    return OutputStream{descriptor, path, std::string{}};
  }
  QUARTZ_ASSIGN(const std::filesystem::path target, without_links(path));
  // A name that nobody has: a file of the user's is not to be lost, nor a link to be followed. Only
  // its owner can read it.
  std::string staging = target.string() + std::string(kStagingSuffix);
  const int descriptor = ::mkostemp(staging.data(), O_CLOEXEC);
  if (descriptor < 0) return system_error("cannot create", path, errno);
  OutputStream stream{descriptor, path, std::move(staging)};
  if (exists) QUARTZ_TRY(take_rights(descriptor, old, path));
  return stream;
}

OutputStream::OutputStream(int descriptor, std::string name, std::string staging)
    : descriptor_(descriptor), name_(std::move(name)), staging_(std::move(staging)) {}

OutputStream::OutputStream(OutputStream&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)),
      name_(std::move(other.name_)),
      staging_(std::exchange(other.staging_, {})),
      buffer_(std::move(other.buffer_)),
      error_(std::move(other.error_)),
      reader_gone_(other.reader_gone_) {}

OutputStream::~OutputStream() {
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
  std::error_code ignored;
  if (!staging_.empty()) std::filesystem::remove(staging_, ignored);
}

void OutputStream::write(std::string_view bytes) {
  if (stopped()) return;
  buffer_ += bytes;
  if (buffer_.size() >= kBufferBytes) flush();
}

void OutputStream::flush() {
  std::string_view rest = buffer_;
  while (!rest.empty() && !stopped()) {
    const ssize_t written = ::write(descriptor_, rest.data(), rest.size());
    if (written >= 0) {
      rest.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EPIPE) {  // The signal that comes with it is ignored.
      reader_gone_ = true;
    } else if (errno != EINTR) {
      error_ = system_error("cannot write", name_, errno);
    }
  }
  buffer_.clear();
}

Result<void> OutputStream::finish() {
  flush();
  if (error_) return *error_;
  const bool staged = !staging_.empty();
  if (staged && ::fsync(descriptor_) != 0) return system_error("cannot write", name_, errno);
  // Some file systems tell of a failed write only here.
  if (descriptor_ > STDERR_FILENO && ::close(std::exchange(descriptor_, -1)) != 0) {
    return system_error("cannot write", name_, errno);
  }
  if (!staged) return {};
  const std::filesystem::path target = staging_.substr(0, staging_.size() - kStagingSuffix.size());
  std::error_code failure;
  std::filesystem::rename(staging_, target, failure);
  if (failure) return system_error("cannot create", name_, failure.value());
  staging_.clear();  // From here on the name is not this file's.
  const auto directory = target.parent_path();
  return io::posix_file_system().sync_directory(directory.empty() ? "." : directory);
}

Result<Pipe> make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) return system_error("cannot make", "a pipe", errno);
  return Pipe{.read_end = ends[0], .write_end = ends[1]};
}

void write_to_standard_error(std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace quartz::cli
