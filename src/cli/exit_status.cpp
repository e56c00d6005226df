#include "cli/exit_status.hpp"

namespace quartz::cli {

std::string_view hint_for(Errc code) noexcept {
  switch (code) {
    case Errc::invalid_argument:
    case Errc::wrong_kind:
      return "change the command line; --help after the verb describes it";
    case Errc::too_large:
      return "make it smaller than the limit named above; nothing was written";
    case Errc::not_found:
      return "check the spelling; `quartz put` and `quartz load` create a database, "
             "`quartz keyspace list` and `quartz vector list` name what there is in one";
    case Errc::already_exists:
      return "choose another name, or remove the existing one first";
    case Errc::busy:
      return "end the program that has it open, or try again when it is done";
    case Errc::closed:
      return "run the command again";
    case Errc::corruption:
      return "`quartz verify DIR` lists all damage; `quartz salvage DIR TARGET` copies what is "
             "whole";
    case Errc::io_error:
      return "check that the path exists, its permissions, and the system log for faults of the "
             "disk";
    case Errc::no_space:
      return "free space on that file system and run the command again; deleting keys still works";
    case Errc::read_only:
      return "check the permissions of the directory and whether its file system is mounted "
             "read-only";
    case Errc::reopen_required:
      return "run the command again: opening the database recovers it";
    case Errc::unsupported:
      return "use the version of quartz that wrote it: `quartz dump` there, `quartz load` here";
    case Errc::cancelled:
    case Errc::conflict:
      return "run the command again";
  }
  return "";
}

std::string_view exit_status_help() noexcept {
  return "Exit status:\n"
         "  0    success\n"
         "  1    no such key, keyspace, collection, point or database\n"
         "  2    wrong command line, or a limit exceeded\n"
         "  3    stored data is damaged\n"
         "  4    another process has the database open\n"
         "  5    I/O error, no space left, or not writable\n"
         "  6    malformed input file\n"
         "  7    the target exists already\n"
         "  8    format or feature unknown to this version\n"
         "  9    out of memory, or an internal error\n"
         "  130  interrupted (SIGINT) after finishing the current batch; 143 for SIGTERM";
}

}  // namespace quartz::cli
