"""Iterators over rows, snapshots, and what becomes of both."""

import gc
import threading

import pytest

import quartz


@pytest.fixture
def letters(db):
    for letter in "abcde":
        db[letter.encode()] = letter.upper().encode()
    return db


def test_rows_come_in_the_order_of_their_keys(letters):
    assert list(letters) == list(letters.keys()) == [b"a", b"b", b"c", b"d", b"e"]
    assert list(letters.values()) == [b"A", b"B", b"C", b"D", b"E"]
    assert next(letters.items()) == (b"a", b"A")


def test_rows_come_backwards(letters):
    assert list(letters.keys(reverse=True)) == [b"e", b"d", b"c", b"b", b"a"]


def test_bounds_and_limits_narrow_together(letters):
    assert list(letters.keys(lower_bound=b"b", upper_bound=b"d")) == [b"b", b"c"]
    assert list(letters.keys(lower_bound=b"b", upper_bound=b"d", reverse=True)) == [b"c", b"b"]
    assert list(letters.keys(limit=2)) == [b"a", b"b"]
    assert list(letters.keys(limit=2, reverse=True)) == [b"e", b"d"]
    assert list(letters.keys(upper_bound=b"a")) == []


def test_a_prefix_selects_in_both_directions(db):
    for key in (b"a", b"b", b"b\xff", b"b\xff\xff1", b"c"):
        db[key] = b""
    assert list(db.keys(b"b")) == [b"b", b"b\xff", b"b\xff\xff1"]
    assert list(db.keys(prefix=b"b\xff", reverse=True)) == [b"b\xff\xff1", b"b\xff"]


def test_bounds_must_be_bytes(letters):
    for wrong in ({"prefix": "a"}, {"lower_bound": "a"}, {"upper_bound": 1}):
        with pytest.raises(TypeError, match="must be bytes"):
            letters.keys(**wrong)


def test_an_iterator_goes_on_over_many_chunks(db):
    rows = [(b"%06d" % number, b"x" * (number % 50)) for number in range(5000)]
    with db.batch() as batch:
        for key, value in rows:
            batch.put(key, value)
    assert list(db.items()) == rows
    assert list(db.items(reverse=True)) == rows[::-1]
    assert len(list(db.keys(limit=1234))) == 1234


def test_an_iterator_shows_the_rows_as_they_were_when_it_was_made(letters):
    rows = letters.keys()
    letters[b"aa"] = b""
    del letters[b"c"]
    assert list(rows) == [b"a", b"b", b"c", b"d", b"e"]


def test_an_iterator_at_its_end_stays_there_and_holds_nothing(letters):
    rows = letters.keys()
    assert len(list(rows)) == 5
    assert next(rows, None) is None
    assert letters.statistics()["cursors_open"] == 0


def test_a_closed_iterator_has_ended(letters):
    with letters.keys() as rows:
        assert next(rows) == b"a"
    rows.close()
    assert list(rows) == []
    assert letters.statistics()["cursors_open"] == 0


def test_an_iterator_that_nobody_needs_any_more_holds_nothing(letters):
    rows = letters.keys()
    next(rows)
    del rows
    gc.collect()
    assert letters.statistics()["cursors_open"] == 0


def test_an_iterator_keeps_its_database_open(directory):
    rows = _letters_of_a_database_that_is_forgotten(directory)
    gc.collect()
    assert list(rows) == [b"a", b"b"]
    del rows
    gc.collect()
    quartz.open(directory).close()


def _letters_of_a_database_that_is_forgotten(directory):
    db = quartz.open(directory)
    db[b"a"] = db[b"b"] = b""
    return iter(db)


def test_an_iterator_and_a_snapshot_that_outlive_close_answer_closed_and_leave_the_directory_free(directory):
    db = quartz.open(directory)
    db[b"a"] = db[b"b"] = b""
    rows, fresh, snapshot = db.keys(), db.keys(), db.snapshot()
    assert next(rows) == b"a"
    db.close()
    for use in (lambda: next(rows), lambda: next(fresh), lambda: snapshot[b"a"], lambda: snapshot.keys()):
        with pytest.raises(quartz.ClosedError):
            use()
    with quartz.open(directory) as again:
        assert list(again) == [b"a", b"b"]


def test_a_snapshot_never_changes(letters):
    numbers = letters.keyspace("numbers")
    numbers[b"1"] = b"one"
    with letters.snapshot() as snapshot:
        letters[b"a"] = b"changed"
        letters.delete_range(b"b", b"z")
        numbers[b"2"] = b"two"
        assert snapshot[b"a"] == b"A"
        assert list(snapshot) == [b"a", b"b", b"c", b"d", b"e"]
        assert snapshot.multi_get([b"e", b"f"]) == [b"E", None]
        assert list(snapshot.keyspace("numbers").items()) == [(b"1", b"one")]
    assert list(letters) == [b"a"]


def test_a_snapshot_cannot_be_written_to(letters):
    with letters.snapshot() as snapshot:
        with pytest.raises(TypeError):
            snapshot[b"a"] = b"1"
        assert not hasattr(snapshot, "put")


def test_a_closed_snapshot_answers_closed_and_its_iterators_go_on(letters):
    snapshot = letters.snapshot()
    rows = snapshot.keys()
    other = snapshot.keyspace("default")
    snapshot.close()
    snapshot.close()
    for reader in (snapshot, other):
        with pytest.raises(quartz.ClosedError, match="the snapshot was closed"):
            reader.get(b"a")
    assert len(list(rows)) == 5
    assert letters.statistics()["snapshots_open"] == 0


@pytest.mark.parametrize("attempt", range(20))
def test_close_waits_for_iterators_and_snapshots_of_other_threads(directory, attempt):
    # Attempts differ in where the threads are when it closes: at the first of them, or further on.
    db = quartz.open(directory)
    with db.batch() as batch:
        for number in range(200):
            batch.put(b"%06d" % number, b"x" * 100)
    begun, ends = threading.Barrier(5), []

    def read():
        begun.wait()
        try:
            while True:
                with db.snapshot() as snapshot:
                    assert len(list(snapshot.items())) == 200
                    assert snapshot.get(b"000007") == b"x" * 100
                    assert snapshot.expires_at(b"000007") is None
        except quartz.ClosedError as error:
            ends.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    begun.wait()
    for _ in range(attempt):
        assert b"000000" in db
    db.close()
    for thread in threads:
        thread.join()
    assert len(ends) == 4
    quartz.open(directory).close()
