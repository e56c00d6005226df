"""Batches: all or nothing."""

import numpy as np
import pytest

import quartz


def test_a_batch_is_written_at_the_end_of_its_with(db):
    orders = db.keyspace("orders")
    db[b"old"] = b"1"
    with db.batch(durability="disk") as batch:
        batch.put(b"a", b"1", ttl=3600)
        batch.put(b"b", b"2", orders)
        batch.delete(b"old")
        batch.delete_range(b"x", b"z", orders)
        assert len(batch) == 4
        assert list(db) == [b"old"]
    assert list(db) == [b"a"]
    assert db.expires_at(b"a") is not None
    assert dict(orders.items()) == {b"b": b"2"}


def test_an_exception_in_the_with_drops_the_batch_and_goes_on(db):
    with pytest.raises(ZeroDivisionError):
        with db.batch() as batch:
            batch.put(b"a", b"1")
            1 / 0
    assert list(db) == []
    with pytest.raises(quartz.ClosedError, match="written or dropped"):
        batch.put(b"b", b"2")


def test_an_operation_that_cannot_be_written_raises_where_it_is_added(db):
    with pytest.raises(quartz.TooLargeError, match="key"):
        with db.batch() as batch:
            batch.put(b"a", b"1")
            batch.put(b"k" * 100_000, b"2")
    assert list(db) == []


def test_a_batch_with_such_an_operation_is_not_written_even_if_the_error_was_caught(db):
    batch = db.batch()
    batch.put(b"a", b"1")
    with pytest.raises(quartz.TooLargeError):
        batch.put(b"k" * 100_000, b"2")
    with pytest.raises(quartz.TooLargeError):
        batch.write()
    assert list(db) == []


def test_a_batch_is_written_once(db):
    with db.batch() as batch:
        batch.put(b"a", b"1")
        batch.write()
    with pytest.raises(quartz.ClosedError):
        batch.write()
    assert list(db) == [b"a"]


def test_a_dropped_batch_writes_nothing(db):
    with db.batch() as batch:
        batch.put(b"a", b"1")
        batch.drop()
    assert list(db) == []


def test_a_keyspace_of_another_database_is_refused(db, tmp_path):
    with quartz.open(tmp_path / "other") as other:
        foreign = other.keyspace("orders")
        with pytest.raises(quartz.InvalidArgumentError):
            with db.batch() as batch:
                batch.put(b"a", b"1", foreign)
    with pytest.raises(TypeError):
        db.batch().put(b"a", b"1", "orders")


def test_keys_and_points_are_written_together_or_not_at_all(db):
    docs = db.vectors("docs", dimensions=2)
    with db.batch() as batch:
        batch.put(b"doc:1", b"text")
        batch.upsert(docs, "1", [1.0, 0.0], {"lang": "en"})
        batch.upsert(docs, ["2", "3"], np.eye(2, dtype=np.float32))
        assert len(docs) == 0
    assert (db[b"doc:1"], len(docs), docs["1"].payload) == (b"text", 3, {"lang": "en"})
    with pytest.raises(quartz.InvalidArgumentError):
        with db.batch() as batch:
            batch.delete(b"doc:1")
            batch.remove(docs, ["1", "2"])
            batch.upsert(docs, "4", [np.nan, 1.0])
    assert (db[b"doc:1"], len(docs)) == (b"text", 3)


def test_a_batch_outlives_the_name_of_its_database_but_not_its_close(directory):
    batch = quartz.open(directory).batch()
    batch.put(b"a", b"1")
    batch.write()
    del batch
    db = quartz.open(directory)
    batch = db.batch()
    batch.put(b"b", b"2")
    db.close()
    with pytest.raises(quartz.ClosedError):
        batch.write()
    with quartz.open(directory) as again:
        assert list(again) == [b"a"]
