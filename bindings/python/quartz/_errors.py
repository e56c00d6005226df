"""The one home of exceptions: a class for each error code of C++, by what the caller can do."""

from __future__ import annotations

from typing import ClassVar


class Error(Exception):
    """Whatever Quartz fails with. `code` is the name of the error in C++, `message` names the file, key or option."""

    code: ClassVar[str] = ""
    message: str

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" if self.code else self.message


class InvalidArgumentError(Error, ValueError):
    """The call is wrong; change it."""

    code = "invalid_argument"


class TooLargeError(Error, ValueError):
    """A key, value, batch or name exceeds the limit that the message names."""

    code = "too_large"


class NotFoundError(Error):
    """The directory, keyspace, collection or point that was named does not exist."""

    code = "not_found"


class AlreadyExistsError(Error):
    """What was to be created is there already."""

    code = "already_exists"


class BusyError(Error):
    """Somebody else holds it: another process, another thread. Try again later."""

    code = "busy"


class ClosedError(Error):
    """The database was closed, or the keyspace or collection dropped; open it again."""

    code = "closed"


class CorruptionError(Error):
    """Stored bytes are damaged; the message names file and offset."""

    code = "corruption"


class IoError(Error):
    """The operating system refused an operation."""

    code = "io_error"


class NoSpaceError(Error):
    """The disk is full, or nearly so; free space and retry."""

    code = "no_space"


class ReadOnlyError(Error):
    """The directory or file system does not allow writing."""

    code = "read_only"


class ReopenRequiredError(Error):
    """An earlier failure of I/O stopped all writing; reopening recovers."""

    code = "reopen_required"


class UnsupportedError(Error):
    """A version of the format, or a feature of the platform, that this build does not know."""

    code = "unsupported"


class CancelledError(Error):
    """The operation was abandoned on request before it took effect."""

    code = "cancelled"


class WrongKindError(Error):
    """The key holds something else than the operation works on."""

    code = "wrong_kind"


class ConflictError(Error):
    """Something that was read has been written since; read again and retry."""

    code = "conflict"


_CLASSES = {one.code: one for one in Error.__subclasses__()}


def class_of(code: str) -> type[Error]:
    """The class of an error code; `Error` for one that a newer library has."""
    return _CLASSES.get(code, Error)
