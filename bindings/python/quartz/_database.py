"""The database as Python has it: that of the extension, and collections of vectors."""

from __future__ import annotations

import os
from typing import Any, Mapping

from . import _quartz
from ._vectors import VectorCollection, _given

_COLLECTION_DEFAULTS: Mapping[str, Any] = {
    "metric": "cosine",
    "quantization": "sq8",
    "m": 16,
    "ef_construction": 200,
    "seed": 1,
    "vectors_in_memory": True,
    "payloads_in_memory": True,
    "payload_indexes": {},
}


class Database(_quartz.Database):
    __doc__ = _quartz.Database.__doc__

    def vectors(
        self,
        name: str,
        dimensions: int | None = None,
        metric: str | None = None,
        *,
        quantization: str | None = None,
        m: int | None = None,
        ef_construction: int | None = None,
        seed: int | None = None,
        vectors_in_memory: bool | None = None,
        payloads_in_memory: bool | None = None,
        payload_indexes: Mapping[str, str] | None = None,
    ) -> VectorCollection:
        """The collection of vectors of that name, which is created if there is none.

        `metric` is "cosine" (the default), "l2" or "dot". The other defaults are quantization="sq8", m=16,
        ef_construction=200, seed=1, vectors_in_memory=True and payloads_in_memory=True. `payload_indexes` has the
        kind of index ("keyword", "prefix", "integer", "floating", "boolean") for each field that filters should
        find without reading payloads.

        With `dimensions`, other values than the stored ones raise InvalidArgumentError. Without, the collection
        must exist, and what it is was stored with it: TypeError if anything else is given.
        """
        if payload_indexes is not None and not isinstance(payload_indexes, Mapping):
            raise TypeError(f"payload_indexes must be a dict, not {type(payload_indexes).__name__}")
        given = _given(
            {
                "metric": metric,
                "quantization": quantization,
                "m": m,
                "ef_construction": ef_construction,
                "seed": seed,
                "vectors_in_memory": vectors_in_memory,
                "payloads_in_memory": payloads_in_memory,
                "payload_indexes": None if payload_indexes is None else dict(payload_indexes),
            }
        )
        if dimensions is not None:
            return VectorCollection(self._vectors(name, {**_COLLECTION_DEFAULTS, **given, "dimensions": dimensions}))
        if given:
            raise TypeError(f"{', '.join(given)} without dimensions: a collection is opened by its name alone")
        return VectorCollection(self._vectors(name, {}))

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
