"""Opening, closing, and everything that a database refuses."""

import multiprocessing
import os
import subprocess
import sys
import threading

import pytest

import quartz
from quartz import _errors, _quartz


def test_every_error_code_of_the_library_has_a_class_of_its_own():
    classes = [_errors.class_of(code) for code in _quartz.error_codes]
    assert [one.code for one in classes] == list(_quartz.error_codes)
    assert len(set(classes)) == len(classes)
    for one in classes:
        assert issubclass(one, quartz.Error) and getattr(quartz, one.__name__) is one


def test_an_error_has_the_text_of_the_library(directory):
    with pytest.raises(quartz.Error) as raised:
        quartz.open(directory, create_if_missing=False)
    assert isinstance(raised.value, quartz.NotFoundError)
    assert raised.value.code == "not_found"
    assert str(raised.value) == f"not_found: {raised.value.message}"
    assert str(directory) in raised.value.message


def test_an_error_names_a_file_whose_name_is_no_text(tmp_path):
    odd = tmp_path / os.fsdecode(b"odd \xff name")
    with pytest.raises(quartz.NotFoundError) as raised:
        quartz.open(odd, create_if_missing=False)
    assert str(odd) in raised.value.message


def test_options_are_refused_by_name(directory):
    with pytest.raises(TypeError, match="no option 'cache'"):
        quartz.open(directory, cache=1)
    with pytest.raises(TypeError, match="cache_size must be an integer, not '1'"):
        quartz.open(directory, cache_size="1")
    with pytest.raises(TypeError, match="create_if_missing must be True or False, not 1"):
        quartz.open(directory, create_if_missing=1)
    with pytest.raises(ValueError, match="cache_size is out of range: -1"):
        quartz.open(directory, cache_size=-1)
    with pytest.raises(ValueError, match="compaction_threads is out of range"):
        quartz.open(directory, compaction_threads=1 << 40)
    with pytest.raises(quartz.InvalidArgumentError, match="segment_bytes"):
        quartz.open(directory, segment_bytes=1000)
    assert not directory.exists()


def test_a_path_may_be_a_text_or_a_path_and_nothing_else(directory):
    with quartz.open(str(directory)) as db:
        assert os.fspath(db.directory) == str(directory)
    quartz.open(directory).close()
    with pytest.raises(TypeError):
        quartz.open(7)


def test_everything_raises_closed_after_close(directory):
    db = quartz.open(directory)
    orders, docs, batch = db.keyspace("orders"), db.vectors("docs", dimensions=2), db.batch()
    batch.put(b"a", b"1")
    assert not db.closed
    db.close()
    db.close()
    assert db.closed and "closed" in repr(db)
    uses = [
        lambda: db[b"a"], lambda: db.put(b"a", b""), lambda: db.delete(b"a"), lambda: b"a" in db,
        lambda: db.multi_get([b"a"]), lambda: list(db), lambda: db.snapshot(), lambda: db.flush(),
        lambda: db.sync(), lambda: db.compact(), lambda: db.checkpoint(directory / "x"),
        lambda: db.keyspace("orders"), lambda: db.vectors("docs"), lambda: db.batch(), batch.write,
        lambda: orders.get(b"a"), lambda: orders.put(b"a", b""), lambda: docs.search([1, 0]),
        lambda: docs.upsert("1", [1, 0]), lambda: docs.get("1"), lambda: len(docs), db.keyspaces,
        db.statistics, db.vector_collections,
    ]
    for use in uses:
        with pytest.raises(quartz.ClosedError):
            use()


def test_a_database_is_closed_at_the_end_of_its_with_also_by_an_exception(directory):
    with pytest.raises(ZeroDivisionError):
        with quartz.open(directory) as db:
            1 / 0
    assert db.closed
    quartz.open(directory).close()


def test_a_database_that_is_open_cannot_be_opened_again(db, directory):
    with pytest.raises(quartz.BusyError, match="LOCK"):
        quartz.open(directory)


def test_another_process_is_told_who_holds_the_database(db, directory):
    program = "import sys, quartz\ntry: quartz.open(sys.argv[1])\nexcept quartz.BusyError as error: print(error)"
    told = subprocess.run([sys.executable, "-c", program, directory], capture_output=True, text=True, check=True)
    assert str(os.getpid()) in told.stdout


def test_damage_is_told_with_its_file_and_never_as_a_value(directory):
    with quartz.open(directory, segment_bytes=1 << 20) as db:
        for number in range(100):
            db.put(b"%03d" % number, b"value" * 20, durability="disk")
    log = next(path for path in sorted((directory / "log").iterdir()) if path.stat().st_size)
    content = bytearray(log.read_bytes())
    content[content.index(b"valuevalue")] ^= 0x40
    log.write_bytes(content)
    report = quartz.verify(directory)
    assert [os.path.basename(file) for file, _, _ in report["damage"]] == [log.name]
    with pytest.raises(quartz.CorruptionError, match=log.name):
        quartz.open(directory)


def test_verify_finds_nothing_wrong_in_a_whole_database(directory):
    with quartz.open(directory) as db:
        db[b"a"] = b"1"
        with pytest.raises(quartz.BusyError):
            quartz.verify(directory)
    report = quartz.verify(directory)
    assert report["damage"] == [] and report["log_records"] >= 1


def _use_in_child(uses, answers):
    for use in uses:
        try:
            use()
            answers.put("worked")
        except quartz.Error as error:
            answers.put(str(error))


def test_a_fork_cannot_use_the_database_of_its_parent_and_leaves_it_whole(db, directory):
    docs, snapshot, rows = db.vectors("docs", dimensions=2), db.snapshot(), db.keys()
    db[b"a"] = b"1"
    uses = [lambda: db[b"a"], lambda: db.put(b"b", b""), db.close, db.batch, snapshot.close, lambda: next(rows),
            lambda: docs.upsert("1", [1, 0]), lambda: len(docs)]
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    child = context.Process(target=_use_in_child, args=(uses, answers))
    child.start()
    child.join()
    assert child.exitcode == 0
    for _ in uses:
        assert answers.get().startswith("closed: the database belongs to the process that opened it")
    db[b"b"] = b"2"
    assert list(db) == [b"a", b"b"]


def _leave(rows):
    with rows:
        pass
    raise quartz.Error("left")


def test_a_fork_has_no_rows_of_its_parent_not_even_those_that_were_read_ahead(db):
    db[b"a"], db[b"b"] = b"1", b"2"
    rows, left = db.keys(), db.keys()
    assert next(rows) == next(left) == b"a"
    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    uses = [lambda: next(rows), rows.close, lambda: _leave(left)]
    child = context.Process(target=_use_in_child, args=(uses, answers))
    child.start()
    child.join()
    assert child.exitcode == 0
    closed = "closed: the database belongs to the process that opened it"
    assert [answers.get()[:len(closed)] for _ in uses] == [closed, closed, "left"]
    assert next(rows) == next(left) == b"b"


def test_a_fork_may_forget_the_database_of_its_parent(directory):
    program = f"""
import os, quartz
db = quartz.open({str(directory)!r})
db[b"a"] = b"1"
rows, snapshot, docs = db.keys(), db.snapshot(), db.vectors("docs", dimensions=2)
child = os.fork()
if child == 0:
    del db, rows, snapshot, docs
    raise SystemExit(0)
assert os.waitpid(child, 0)[1] == 0
db[b"b"] = b"2"
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    with quartz.open(directory) as db:
        assert list(db) == [b"a", b"b"]


def test_a_program_may_end_without_closing_anything(directory):
    program = f"""
import quartz
db = quartz.open({str(directory)!r})
db[b"a"] = b"1"
docs = db.vectors("docs", dimensions=2)
docs.upsert("1", [1, 0])
rows, snapshot, batch = db.keys(), db.snapshot(), db.batch()
next(rows)
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
    with quartz.open(directory) as db:
        assert list(db) == [b"a"] and len(db.vectors("docs")) == 1


def test_threads_read_and_write_at_the_same_time(db):
    def write(own):
        for number in range(300):
            db[b"%d:%d" % (own, number)] = b"%d" % number
            assert db[b"%d:%d" % (own, number)] == b"%d" % number

    threads = [threading.Thread(target=write, args=(own,)) for own in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(db)) == 1200


def test_threads_that_share_an_iterator_get_each_row_once(db):
    keys = [b"%05d" % number for number in range(30_000)]
    with db.batch() as batch:
        for key in keys:
            batch.put(key, b"")
    rows, seen, begin = db.keys(), [], threading.Barrier(4)

    def read():
        begin.wait()
        while True:
            try:
                seen.append(next(rows))
            except quartz.BusyError:
                continue
            except StopIteration:
                return

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == keys


@pytest.fixture
def threads_that_never_take_turns():
    """Whoever runs Python goes on for ever, unless it gives way itself."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)
    yield
    sys.setswitchinterval(interval)


CALLS = {
    "get": lambda db, docs: db.get(b"a"),
    "put": lambda db, docs: db.put(b"a", b"1"),
    "contains": lambda db, docs: b"a" in db,
    "multi_get": lambda db, docs: db.multi_get([b"a"]),
    "items": lambda db, docs: list(db.items()),
    "batch": lambda db, docs: db.batch().write(),
    "snapshot": lambda db, docs: db.snapshot().close(),
    "sync": lambda db, docs: db.sync(),
    "flush": lambda db, docs: db.flush(),
    "statistics": lambda db, docs: db.statistics(),
    "upsert": lambda db, docs: docs.upsert("1", [1, 0]),
    "search": lambda db, docs: docs.search([1, 0], 1),
    "search_batch": lambda db, docs: docs.search_batch([[1, 0]], 1),
    "point": lambda db, docs: docs.get("1"),
    "remove": lambda db, docs: docs.remove("1"),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_other_threads_run_during_every_call_that_can_wait(db, threads_that_never_take_turns, call):
    """Without that, this test never ends."""
    docs = db.vectors("docs", dimensions=2)
    gate, ran = threading.Lock(), []

    def run():
        with gate:
            ran.append(True)

    gate.acquire()
    thread = threading.Thread(target=run)
    thread.start()
    gate.release()
    while not ran:
        call(db, docs)
    thread.join()
