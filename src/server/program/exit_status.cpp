#include "server/program/exit_status.hpp"

namespace quartz::server {

std::string_view hint_for(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument:
    case Errc::too_large:
      return "--help lists the options; --print-config shows their values and where they come from";
    case Errc::not_found:
      return "check the spelling of the path";
    case Errc::already_exists:
      return "choose another data_dir, or leave error_if_exists off";
    case Errc::busy:
      return "end the program that holds it, or choose another one";
    case Errc::corruption:
      return "`quartz verify DIR` lists all damage; `quartz salvage DIR TARGET` copies what is "
             "whole";
    case Errc::io_error:
      return "check paths, permissions, and the system log for faults of the disk";
    case Errc::no_space:
      return "free space on the file system of data_dir";
    case Errc::read_only:
      return "check the permissions of data_dir and whether its file system is mounted read-only";
    case Errc::unsupported:
      return "use the version of Quartz that wrote the database";
    case Errc::closed:
    case Errc::reopen_required:
    case Errc::cancelled:
    case Errc::wrong_kind:
    case Errc::conflict:
      return "start the server again";
  }
  return "";
}

std::string_view exit_status_help() noexcept {
  return "Exit status:\n"
         "  0  success, also after SIGTERM and SIGINT\n"
         "  1  no such file or database\n"
         "  2  wrong configuration\n"
         "  3  stored data is damaged\n"
         "  4  the database or an address is in use\n"
         "  5  I/O error, no space left, or not writable\n"
         "  7  the database exists already\n"
         "  8  format unknown to this version\n"
         "  9  out of memory, or an internal error";
}

}  // namespace quartz::server
