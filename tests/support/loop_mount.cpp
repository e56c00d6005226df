#include "support/loop_mount.hpp"

#include <cstdint>
#include <fcntl.h>
#include <fstream>
#include <linux/ioctl.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "support/child_process.hpp"
#include "support/small_engine.hpp"

namespace quartz {
namespace {

// What ext4, xfs and f2fs call the end of all writing.
constexpr unsigned long kShutDown = _IOR('X', 125, std::uint32_t);
constexpr std::uint32_t kWithoutTheJournal = 2;

bool run(std::vector<std::string> words) {
  const auto program = installed_program(words.front());
  if (!program) return false;
  words.front() = *program;
  return ChildProcess({.words = std::move(words), .variables = own_variables()}).finish().status ==
         0;
}

// Their own view of what is mounted, which goes with the process.
bool leave_mounts_of_others() {
  return ::unshare(CLONE_NEWNS) == 0 &&
         ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

}  // namespace

std::unique_ptr<LoopMount> LoopMount::create(const std::string& file_system, std::uint64_t bytes,
                                             std::string& why_not) {
  const auto refuse = [&](std::string reason) {
    why_not = std::move(reason);
    return nullptr;
  };
  if (!alone_in_process()) return refuse("other threads have begun");
  const std::string maker = "/usr/sbin/mkfs." + file_system;
  if (!installed_program(maker)) return refuse(maker + " is not installed");
  if (!leave_mounts_of_others()) return refuse("this user may not mount");
  std::unique_ptr<LoopMount> created(new LoopMount);
  created->file_system_ = file_system;
  std::ofstream(created->image_).close();
  std::filesystem::resize_file(created->image_, bytes);
  std::filesystem::create_directories(created->path_);
  if (!run({maker, "-q", created->image_.string()})) return refuse(maker + " fails");
  if (!created->mount()) return refuse("there are no loop devices to mount");
  return created;
}

LoopMount::~LoopMount() { static_cast<void>(unmount()); }

bool LoopMount::mount() {
  mounted_ = run({"mount", "-t", file_system_, "-o", "loop", image_.string(), path_.string()});
  return mounted_;
}

bool LoopMount::unmount() {
  return !std::exchange(mounted_, false) || ::umount2(path_.c_str(), 0) == 0;
}

bool LoopMount::cut_power() {
  const int directory = ::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory < 0) return false;
  std::uint32_t how = kWithoutTheJournal;
  const bool done = ::ioctl(directory, kShutDown, &how) == 0;
  ::close(directory);
  return done;
}

bool LoopMount::restore_power() { return unmount() && mount(); }

}  // namespace quartz
