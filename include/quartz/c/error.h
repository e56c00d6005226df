#pragma once

// NOLINTBEGIN(readability-identifier-naming): names are as C has them, which knows no namespaces.

#include <stddef.h>
#include <string.h>

#include "quartz/export.hpp"

// Every number that C passes is a value of its enumeration, to C++ too: what it stands for, if
// anything, the function that takes it says.
#ifdef __cplusplus
#define QUARTZ_OF_INT : int
extern "C" {
#else
#define QUARTZ_OF_INT
#endif

/// Bytes that somebody else owns. `data` may be NULL if `size` is 0.
typedef struct quartz_bytes {
  const char* data;  ///< The first of them.
  size_t size;       ///< How many.
} quartz_bytes;

/// The bytes of a text, without the zero byte at its end. `text` must outlive them.
static inline quartz_bytes quartz_text(const char* text) {
  quartz_bytes bytes;
  bytes.data = text;
  bytes.size = text ? strlen(text) : 0;
  return bytes;
}

/// What kind of failure an error is, chosen by what the caller can do about it. The numbers never
/// change.
typedef enum quartz_code QUARTZ_OF_INT {
  QUARTZ_INVALID_ARGUMENT = 1,  ///< The call is wrong; change it. Retrying does not help.
  QUARTZ_TOO_LARGE = 2,         ///< Something exceeds the limit that the message names.
  QUARTZ_NOT_FOUND = 3,         ///< The directory, keyspace or collection named does not exist.
  QUARTZ_ALREADY_EXISTS = 4,    ///< What was to be created is there already.
  QUARTZ_BUSY = 5,              ///< Somebody else holds it; try again later.
  QUARTZ_CLOSED = 6,            ///< The engine was closed, or the keyspace dropped.
  QUARTZ_CORRUPTION = 7,        ///< Stored bytes are damaged; the message names file and offset.
  QUARTZ_IO_ERROR = 8,          ///< The operating system refused an operation.
  QUARTZ_NO_SPACE = 9,          ///< The disk is full or below its low-water mark.
  QUARTZ_READ_ONLY = 10,        ///< The directory or file system does not allow writing.
  QUARTZ_REOPEN_REQUIRED = 11,  ///< An I/O failure stopped all writing; reopening recovers.
  QUARTZ_UNSUPPORTED = 12,      ///< A format version or feature that this build does not know.
  QUARTZ_CANCELLED = 13,        ///< Abandoned on request before it took effect.
  QUARTZ_WRONG_KIND = 14,       ///< The key holds something else than the operation works on.
  QUARTZ_CONFLICT = 15,         ///< What was read has been written since; read again and retry.
  QUARTZ_OUT_OF_MEMORY = 16     ///< There was no memory for the operation, which had no effect.
} quartz_code;

/// A failure. Owned by who received it.
typedef struct quartz_error quartz_error;

/// What the caller can do.
QUARTZ_EXPORT quartz_code quartz_error_code(const quartz_error* error);
/// What failed and why, naming the file, key or option at fault. Lives as long as the error.
QUARTZ_EXPORT const char* quartz_error_message(const quartz_error* error);
QUARTZ_EXPORT void quartz_error_destroy(quartz_error* error);  ///< Ends its life; takes NULL.

/// The code's name, for example "corruption"; "unknown" for a number that is none. Static.
QUARTZ_EXPORT const char* quartz_code_name(quartz_code code);

/// The version of the library that the program runs with, such as "1.2.3". Static.
QUARTZ_EXPORT const char* quartz_version(void);

#ifdef __cplusplus
}
#endif

// NOLINTEND(readability-identifier-naming)
