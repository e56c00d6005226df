"""The database as Python has it: that of the extension, and collections of vectors."""

from __future__ import annotations

import os
from typing import Any, Mapping

from . import _quartz
from ._vectors import VectorCollection


class Database(_quartz.Database):
    __doc__ = _quartz.Database.__doc__

    def vectors(
        self,
        name: str,
        dimensions: int | None = None,
        metric: str = "cosine",
        *,
        quantization: str = "sq8",
        m: int = 16,
        ef_construction: int = 200,
        seed: int = 1,
        vectors_in_memory: bool = True,
        payloads_in_memory: bool = True,
        payload_indexes: Mapping[str, str] | None = None,
    ) -> VectorCollection:
        """The collection of vectors of that name, which is created if there is none.

        `metric` is "cosine", "l2" or "dot". Without `dimensions` it must exist, and nothing else may be given:
        what it is was stored with it. Other values than the stored ones raise InvalidArgumentError.
        `payload_indexes` has the kind of index ("keyword", "prefix", "integer", "floating", "boolean") for
        each field that filters should find without reading payloads.
        """
        if dimensions is None:
            return VectorCollection(self._vectors(name, {}))
        config: dict[str, Any] = {
            "dimensions": dimensions,
            "metric": metric,
            "quantization": quantization,
            "m": m,
            "ef_construction": ef_construction,
            "seed": seed,
            "vectors_in_memory": vectors_in_memory,
            "payloads_in_memory": payloads_in_memory,
            "payload_indexes": dict(payload_indexes or {}),
        }
        return VectorCollection(self._vectors(name, config))

    def __repr__(self) -> str:
        state = " (closed)" if self.closed else ""
        return f"<quartz.Database {os.fspath(self.directory)!r}{state}>"


def open(directory: str | os.PathLike[str], **options: Any) -> Database:
    """Opens the database in a directory, and creates both if there are none.

    Options have the names, units and defaults of docs/guide/configuration.md: `create_if_missing=False`,
    `durability="disk"`, `cache_size=200_000`. One that does not exist raises TypeError, a value that makes no
    sense InvalidArgumentError. BusyError: another process or object has the database open.
    """
    return Database(directory, **options)
