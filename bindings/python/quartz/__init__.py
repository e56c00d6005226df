"""An embedded, ordered key-value store with vector search.

    import quartz

    with quartz.open("data") as db:
        db[b"user:1"] = b"Alice"
        for key, value in db.items(prefix=b"user:"):
            print(key, value)

Keys and values are bytes; ids of points and filters are str. Every failure is a `quartz.Error`, of a
class for what can be done about it. docs/guide/python.md tells the rest.
"""

from ._database import Database, open
from ._errors import (
    AlreadyExistsError,
    BusyError,
    CancelledError,
    ClosedError,
    ConflictError,
    CorruptionError,
    Error,
    InvalidArgumentError,
    IoError,
    NoSpaceError,
    NotFoundError,
    ReadOnlyError,
    ReopenRequiredError,
    TooLargeError,
    UnsupportedError,
    WrongKindError,
)
from ._quartz import Keyspace, Reader, Rows, Snapshot, WriteBatch, __version__, verify
from ._vectors import Hits, Point, VectorCollection

__all__ = [
    "AlreadyExistsError",
    "BusyError",
    "CancelledError",
    "ClosedError",
    "ConflictError",
    "CorruptionError",
    "Database",
    "Error",
    "Hits",
    "InvalidArgumentError",
    "IoError",
    "Keyspace",
    "NoSpaceError",
    "NotFoundError",
    "Point",
    "ReadOnlyError",
    "Reader",
    "ReopenRequiredError",
    "Rows",
    "Snapshot",
    "TooLargeError",
    "UnsupportedError",
    "VectorCollection",
    "WriteBatch",
    "WrongKindError",
    "__version__",
    "open",
    "verify",
]
