"""A database for each test, in a directory of its own."""

import shutil

import pytest

import quartz


@pytest.fixture(autouse=True)
def no_databases_are_left(tmp_path):
    yield
    shutil.rmtree(tmp_path)


@pytest.fixture
def directory(tmp_path):
    return tmp_path / "db"


@pytest.fixture
def db(directory):
    # Small segments: a test's database costs no 64 MiB.
    with quartz.open(directory, segment_bytes=1 << 20) as opened:
        yield opened
