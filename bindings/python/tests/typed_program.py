"""What a program does with the package, for a type checker. It is not run."""

import numpy as np
from numpy.typing import NDArray

import quartz


def rows(db: quartz.Database) -> int:
    db.put(b"a", b"1", ttl=2.5)
    with db.batch() as batch:
        batch.put(b"b", b"2")
    found: bytes | None = db.get(b"a")
    with db.snapshot() as snapshot:
        keys: list[bytes] = list(snapshot.keys())
    return len(keys) + len(found or b"")


def nearest(db: quartz.Database, query: NDArray[np.float32]) -> list[str]:
    docs: quartz.VectorCollection = db.vectors("docs", dimensions=4)
    docs.upsert("one", query, {"lang": "en"})
    docs.upsert(["two", "three"], np.stack([query, query]), [None, {"lang": "de"}])
    docs.reindex(m=24)
    point: quartz.Point | None = docs.get("one")
    hits: quartz.Hits = docs.search(query, k=2, filter="lang = 'en'")
    return [str(id) for id in hits.ids] + ([] if point is None else [point.id])
