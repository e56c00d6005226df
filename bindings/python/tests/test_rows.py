"""Rows of keyspaces: reading, writing, durability, expiry, maintenance."""

import datetime

import pytest

import quartz


def test_a_row_is_read_as_it_was_written(db):
    db[b"key"] = b"value"
    assert db[b"key"] == b"value"
    assert db.get(b"key") == b"value"
    assert b"key" in db and db.contains(b"key")


def test_a_key_that_is_not_there_is_told_as_by_a_dict(db):
    assert db.get(b"absent") is None
    assert db.get(b"absent", b"default") == b"default"
    assert b"absent" not in db
    with pytest.raises(KeyError, match="absent"):
        db[b"absent"]


def test_any_bytes_are_keys_and_values_zeros_and_nothing_included(db):
    for key in (b"", b"\0", b"\xff\0\xff", bytes(range(256))):
        db[key] = key[::-1]
    assert db[b""] == b""
    assert db[bytes(range(256))] == bytes(range(255, -1, -1))


def test_bytes_that_could_change_are_copied(db):
    value = bytearray(b"before")
    db[memoryview(b"key")] = value
    value[:] = b"after!"
    assert db[bytearray(b"key")] == b"before"


@pytest.mark.parametrize("wrong", ["text", 7, None, 1.5, object()])
def test_what_is_not_bytes_is_refused_by_the_name_of_the_argument(db, wrong):
    with pytest.raises(TypeError, match="key must be bytes, not"):
        db.get(wrong)
    with pytest.raises(TypeError, match="value must be bytes, not"):
        db[b"key"] = wrong
    assert b"key" not in db


def test_a_text_is_refused_with_what_to_do_instead(db):
    with pytest.raises(TypeError, match=r"not str: encode it, as in 'name'\.encode\(\)"):
        db["key"] = b"value"


def test_a_removed_row_is_gone_and_removing_it_again_is_no_error(db):
    db[b"a"] = db[b"b"] = b"1"
    del db[b"a"]
    db.delete(b"b")
    db.delete(b"b")
    assert list(db) == []


def test_a_range_is_removed_without_its_upper_bound(db):
    for key in (b"a", b"b", b"c"):
        db[key] = b""
    db.delete_range(b"a", b"c")
    assert list(db) == [b"c"]


def test_many_keys_are_read_at_once_in_the_order_asked_for(db):
    db[b"a"], db[b"b"] = b"1", b"2"
    assert db.multi_get([b"b", b"absent", b"a", b"b"]) == [b"2", None, b"1", b"2"]
    assert db.multi_get(key for key in ()) == []
    with pytest.raises(TypeError, match="key must be bytes, not str"):
        db.multi_get([b"a", "b"])


@pytest.mark.parametrize("durability", ["process", "disk"])
def test_rows_survive_closing_whatever_was_promised(directory, durability):
    with quartz.open(directory, durability=durability) as db:
        db.put(b"default", b"1")
        db.put(b"asked", b"2", durability="disk")
    with quartz.open(directory, create_if_missing=False) as db:
        assert dict(db.items()) == {b"default": b"1", b"asked": b"2"}


def test_a_promise_that_cannot_be_kept_is_refused(directory):
    with quartz.open(directory, enable_wal=False, durability="memory") as db:
        db[b"a"] = b"1"
        with pytest.raises(quartz.InvalidArgumentError):
            db.put(b"b", b"2", durability="disk")


def test_a_durability_that_does_not_exist_is_refused_with_those_that_do(db):
    with pytest.raises(quartz.InvalidArgumentError, match="'memory', 'process', 'disk', not 'power'"):
        db.put(b"a", b"1", durability="power")
    with pytest.raises(TypeError):
        db.put(b"a", b"1", durability=True)


def test_a_row_with_a_time_to_live_tells_when_it_goes(db):
    db.put(b"hour", b"", ttl=3600)
    db.put(b"day", b"", ttl=datetime.timedelta(days=1))
    db.put(b"ever", b"")
    assert db.expires_at(b"day") - db.expires_at(b"hour") == pytest.approx(23 * 3600, abs=600)
    assert db.expires_at(b"ever") is None
    with pytest.raises(KeyError):
        db.expires_at(b"absent")


@pytest.mark.parametrize("ttl", [0, -1, float("nan"), float("inf"), 1e300])
def test_a_time_to_live_that_makes_no_sense_is_refused(db, ttl):
    with pytest.raises(quartz.InvalidArgumentError, match="ttl must be more than no time"):
        db.put(b"a", b"", ttl=ttl)


def test_a_time_to_live_must_be_a_time(db):
    for wrong in ("1", True, b"1"):
        with pytest.raises(TypeError, match="ttl"):
            db.put(b"a", b"", ttl=wrong)


def test_keyspaces_have_the_same_keys_with_other_values(db):
    orders = db.keyspace("orders")
    db[b"key"] = b"default"
    orders[b"key"] = b"orders"
    assert (db[b"key"], orders[b"key"], db.keyspace("orders")[b"key"]) == (b"default", b"orders", b"orders")
    assert (db.name, orders.name) == ("default", "orders")
    assert db.keyspaces() == ["default", "orders"]


def test_a_keyspace_that_is_not_there_is_only_made_if_that_is_wanted(db):
    with pytest.raises(quartz.NotFoundError, match="orders"):
        db.keyspace("orders", create=False)
    assert db.keyspaces() == ["default"]


def test_a_dropped_keyspace_answers_closed(db):
    orders = db.keyspace("orders")
    db.drop_keyspace("orders")
    with pytest.raises(quartz.ClosedError):
        orders.get(b"key")
    with pytest.raises(quartz.NotFoundError):
        db.drop_keyspace("orders")


def test_rows_are_the_same_after_flush_and_compaction(db):
    db[b"a"] = b"1"
    db.stop_compaction()
    db.start_compaction()
    db.flush()
    db.sync()
    db.compact()
    db.compact(b"a", b"b")
    assert db[b"a"] == b"1"
    assert db.statistics()["flushes"] >= 1


def test_a_checkpoint_is_a_database_of_its_own(db, tmp_path):
    db[b"a"] = b"1"
    db.checkpoint(tmp_path / "copy")
    db[b"a"] = b"2"
    with quartz.open(tmp_path / "copy") as copy:
        assert copy[b"a"] == b"1"
    with pytest.raises(quartz.AlreadyExistsError):
        db.checkpoint(tmp_path / "copy")


def test_statistics_count_what_was_done(db):
    db[b"a"] = b"12"
    db.get(b"a")
    db.get(b"b")
    now = db.statistics()
    assert (now["puts"], now["gets"], now["gets_absent"], now["user_bytes_written"]) == (1, 2, 1, 3)
    assert now["recovery"]["dropped_bytes"] == 0
    assert [one["name"] for one in now["keyspaces"]] == ["default"]
