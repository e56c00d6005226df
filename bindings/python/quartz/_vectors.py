"""Collections of vectors: arrays of NumPy and dictionaries on one side, the extension on the other."""

from __future__ import annotations

import json
from typing import Any, Iterable, Iterator, Mapping, NamedTuple, Sequence, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _quartz

Payload = Union[Mapping[str, Any], str, None]

_PAGE_POINTS = 256


class Point(NamedTuple):
    """What was stored under an id: `vectors` has a row for each vector, `payload` is None if there is none."""

    id: str
    vectors: NDArray[np.float32]
    payload: dict[str, Any] | None

    @property
    def vector(self) -> NDArray[np.float32]:
        """The first of them, which most points have alone."""
        first: NDArray[np.float32] = self.vectors[0]
        return first


class Hits(NamedTuple):
    """What a search found, the nearest first. For many queries each array has a row for each of them, in which
    places that no point was found for have the id None and the score NaN.

    `scores` are the metric's values: the cosine or the dot product, of which more is nearer, or the square of the
    Euclidean distance, of which less is. `payloads` and `vectors` are None unless they were asked for.
    """

    ids: NDArray[np.object_]
    scores: NDArray[np.float32]
    payloads: NDArray[np.object_] | None = None
    vectors: NDArray[np.object_] | None = None


class VectorCollection:
    """Points that are found by their nearness to a vector: an id (str), a vector or some, a payload (a dict that
    JSON can express).

    Made by `Database.vectors`. A write that has returned is found by every search that begins afterwards. Threads:
    any number at the same time. Arrays of float32 that lie in C's order are read where they are, and must not be
    written to during the call; others are copied first.
    """

    __slots__ = ("_collection", "_dimensions")

    def __init__(self, collection: _quartz.Collection) -> None:
        self._collection = collection
        self._dimensions: int = collection.config()["dimensions"]

    @property
    def name(self) -> str:
        """What `Database.vectors` was called with."""
        return self._collection.name

    @property
    def dimensions(self) -> int:
        """Components of each vector."""
        return self._dimensions

    @property
    def metric(self) -> str:
        """How near two vectors are: "cosine", "l2" or "dot"."""
        metric: str = self.config["metric"]
        return metric

    @property
    def config(self) -> dict[str, Any]:
        """What was stored when it was created, and changed by `reindex`."""
        return self._collection.config()

    def upsert(
        self,
        ids: str | Iterable[str],
        vectors: ArrayLike,
        payloads: Payload | Sequence[Payload] = None,
        *,
        durability: str | None = None,
    ) -> None:
        """Stores points in place of those that have their ids.

        Many: `ids` is a sequence of str and `vectors` an array with a row for each. One: `ids` is a str and
        `vectors` has one dimension. Another dimension in front of the last is of several vectors of each point.
        Payloads are dictionaries, texts of JSON, or None. Many points are written in batches of 256; what an error
        follows stays written, and its message says how many rows that are. A `WriteBatch` writes all or none.
        """
        _, names, rows, texts = self._points(ids, vectors, payloads)
        self._collection.upsert(names, rows, texts, durability)

    def remove(self, ids: str | Iterable[str], *, durability: str | None = None) -> None:
        """Removes points, all at once. That there is none of an id is no error."""
        self._collection.remove(self._named(ids)[1], durability)

    def set_payload(self, id: str, payload: Payload, *, durability: str | None = None) -> bool:
        """Replaces the payload of a point; whether there is one."""
        return self._collection.set_payload(id, _text_of(payload) or "", durability)

    def get(self, id: str) -> Point | None:
        """What was stored under an id; None if there is nothing."""
        found = self._collection.get(id)
        return None if found is None else _point_of(found)

    def __getitem__(self, id: str) -> Point:
        found = self.get(id)
        if found is None:
            raise KeyError(id)
        return found

    def __contains__(self, id: str) -> bool:
        return self._collection.contains(id)

    def __len__(self) -> int:
        return self._collection.count(None)

    def count(self, filter: str | None = None) -> int:
        """How many points there are, or match."""
        return self._collection.count(filter)

    def points(self, filter: str | None = None, *, after: str | None = None) -> Iterator[Point]:
        """The points that match in the order of their ids, those behind `after`. Read page by page: points that are
        written meanwhile may be among them or not."""
        while True:
            page = self._collection.scroll(after, _PAGE_POINTS, filter)
            yield from map(_point_of, page)
            if len(page) < _PAGE_POINTS:
                return
            after = page[-1][0]

    def search(
        self,
        query: ArrayLike,
        k: int = 10,
        *,
        filter: str | None = None,
        ef_search: int | None = None,
        recall: float | None = None,
        exact: bool = False,
        with_payload: bool = False,
        with_vectors: bool = False,
    ) -> Hits:
        """The `k` points nearest to a vector, or fewer where fewer match `filter` (docs/guide/filters.md).

        `recall` is the share of the exactly nearest that should be found on average (0.97), `ef_search` sets how
        many candidates the walk keeps instead, and `exact` compares with every point.
        """
        found = self._collection.search(query, k, filter, ef_search, recall, exact, with_payload, with_vectors)
        return _hits_of(found, with_payload, with_vectors, one=True)

    def search_batch(
        self,
        queries: ArrayLike,
        k: int = 10,
        *,
        filter: str | None = None,
        ef_search: int | None = None,
        recall: float | None = None,
        exact: bool = False,
        with_payload: bool = False,
        with_vectors: bool = False,
        threads: int = 0,
    ) -> Hits:
        """The same for each row of `queries`, on so many threads at once; 0: as many as the machine has."""
        found = self._collection.search_batch(
            queries, threads, k, filter, ef_search, recall, exact, with_payload, with_vectors
        )
        return _hits_of(found, with_payload, with_vectors, one=False)

    def search_by_id(
        self,
        id: str,
        k: int = 10,
        *,
        filter: str | None = None,
        ef_search: int | None = None,
        recall: float | None = None,
        exact: bool = False,
        with_payload: bool = False,
        with_vectors: bool = False,
    ) -> Hits:
        """The points nearest to a stored one, without itself. NotFoundError if there is none of that id."""
        found = self._collection.search_by_id(id, k, filter, ef_search, recall, exact, with_payload, with_vectors)
        return _hits_of(found, with_payload, with_vectors, one=True)

    def search_range(
        self,
        query: ArrayLike,
        score: float,
        k: int = 10,
        *,
        filter: str | None = None,
        ef_search: int | None = None,
        recall: float | None = None,
        exact: bool = False,
        with_payload: bool = False,
        with_vectors: bool = False,
    ) -> Hits:
        """The points whose score is `score` or nearer, at most `k` of them."""
        found = self._collection.search_range(
            query, score, k, filter, ef_search, recall, exact, with_payload, with_vectors
        )
        return _hits_of(found, with_payload, with_vectors, one=True)

    def explain(
        self,
        query: ArrayLike,
        k: int = 10,
        *,
        filter: str | None = None,
        ef_search: int | None = None,
        recall: float | None = None,
        exact: bool = False,
    ) -> dict[str, Any]:
        """How such a search is carried out: the plan, why, how many points it looks at, how long it takes."""
        return self._collection.explain(query, k, filter, ef_search, recall, exact)

    def measure_recall(
        self,
        k: int = 10,
        *,
        samples: int = 100,
        filter: str | None = None,
        ef_search: int | None = None,
        recall: float | None = None,
    ) -> float:
        """The share of the exactly nearest that searches with these options find, for some of the points."""
        return self._collection.measure_recall(samples, k, filter, ef_search, recall)

    def create_payload_index(self, field: str, kind: str = "keyword") -> None:
        """Makes an index on a field of the payloads, of those there are and those to come."""
        self._collection.create_payload_index(field, kind)

    def reindex(
        self,
        *,
        quantization: str | None = None,
        m: int | None = None,
        ef_construction: int | None = None,
        seed: int | None = None,
        vectors_in_memory: bool | None = None,
        payloads_in_memory: bool | None = None,
    ) -> None:
        """Builds the graph anew with other parameters, while the present one serves. What is not named stays as
        it is."""
        named = {
            "quantization": quantization,
            "m": m,
            "ef_construction": ef_construction,
            "seed": seed,
            "vectors_in_memory": vectors_in_memory,
            "payloads_in_memory": payloads_in_memory,
        }
        self._collection.reindex(self.config | _given(named))

    def wait_until_indexed(self) -> None:
        """Returns when all points of before the call are in the graph."""
        self._collection.wait_until_indexed()

    def save_index(self) -> None:
        """Writes the index to a file now, so that opening after a crash takes less."""
        self._collection.save_index()

    def statistics(self) -> dict[str, Any]:
        """What it holds and does, by the names of C++."""
        return self._collection.statistics()

    def __repr__(self) -> str:
        return f"<quartz.VectorCollection {self.name!r}, {self.dimensions} dimensions>"

    def _points(
        self, ids: str | Iterable[str], vectors: ArrayLike, payloads: Payload | Sequence[Payload]
    ) -> tuple[_quartz.Collection, list[str], ArrayLike, list[str | None] | None]:
        """The same in the form that the extension takes: lists, and an array with a row for each point."""
        if isinstance(ids, str):
            texts = None if payloads is None else [_text_of(payloads)]
            return self._collection, [ids], np.asarray(vectors)[np.newaxis], texts
        names = self._named(ids)[1]
        if payloads is None:
            return self._collection, names, vectors, None
        if isinstance(payloads, (str, Mapping)):
            raise TypeError("payloads of many points must be a sequence with one for each")
        return self._collection, names, vectors, [_text_of(one) for one in payloads]

    def _named(self, ids: str | Iterable[str]) -> tuple[_quartz.Collection, list[str]]:
        return self._collection, [ids] if isinstance(ids, str) else list(ids)


def _given(named: Mapping[str, Any]) -> dict[str, Any]:
    """Those arguments that the caller has named."""
    return {name: value for name, value in named.items() if value is not None}


def _text_of(payload: object) -> str | None:
    if payload is None or isinstance(payload, str):
        return payload
    if not isinstance(payload, Mapping):
        raise TypeError(f"a payload must be a dict, a text of JSON or None, not {type(payload).__name__}")
    return json.dumps(dict(payload), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _payload_of(text: str | None) -> dict[str, Any] | None:
    return json.loads(text) if text else None


def _point_of(found: tuple[str, NDArray[np.float32], str]) -> Point:
    id, vectors, payload = found
    return Point(id, vectors, _payload_of(payload))


def _objects_of(values: list[Any], shape: tuple[int, ...]) -> NDArray[np.object_]:
    """An array that has the values as they are, also those that are arrays themselves."""
    array = np.empty(len(values), dtype=object)
    for index, value in enumerate(values):
        array[index] = value
    return array.reshape(shape)


def _hits_of(found: tuple[Any, ...], with_payload: bool, with_vectors: bool, *, one: bool) -> Hits:
    ids, scores, payloads, vectors = found
    if one:
        scores = scores[0]
    return Hits(
        _objects_of(ids, scores.shape),
        scores,
        _objects_of([_payload_of(text) for text in payloads], scores.shape) if with_payload else None,
        _objects_of(vectors, scores.shape) if with_vectors else None,
    )
