"""Collections of vectors, beside NumPy's own answers."""

import json
import tracemalloc

import numpy as np
import pytest

import quartz

DIMENSIONS = 8


@pytest.fixture
def docs(db):
    return db.vectors("docs", dimensions=DIMENSIONS, metric="l2", quantization="none")


@pytest.fixture
def rows():
    return np.random.default_rng(7).standard_normal((500, DIMENSIONS), dtype=np.float32)


def names(count):
    return [f"doc:{number}" for number in range(count)]


def nearest(rows, query, k):
    """Ids and squared distances, as NumPy finds them."""
    distances = ((rows - query) ** 2).sum(axis=1)
    order = np.argsort(distances)[:k]
    return [f"doc:{number}" for number in order], distances[order]


def test_the_nearest_points_are_found_in_their_order(docs, rows):
    docs.upsert(names(500), rows)
    query = np.full(DIMENSIONS, 0.1, dtype=np.float32)
    hits = docs.search(query, 10, exact=True)
    ids, distances = nearest(rows, query, 10)
    assert list(hits.ids) == ids
    assert hits.ids.dtype == object and hits.scores.dtype == np.float32
    np.testing.assert_allclose(hits.scores, distances, rtol=1e-5)
    assert hits.payloads is None and hits.vectors is None


def test_the_graph_finds_what_the_exact_search_finds(docs, rows):
    docs.upsert(names(500), rows)
    docs.wait_until_indexed()
    found = [set(docs.search(row, 10, ef_search=400).ids) == set(docs.search(row, 10, exact=True).ids) for row in rows]
    assert np.mean(found) > 0.95
    assert docs.measure_recall(5, samples=50, ef_search=400) > 0.95
    assert docs.statistics()["vectors_pending"] == 0


def test_many_queries_have_a_row_each(docs, rows):
    docs.upsert(names(500), rows)
    hits = docs.search_batch(rows[:20], 3, exact=True, threads=2, with_vectors=True)
    assert hits.ids.shape == hits.scores.shape == hits.vectors.shape == (20, 3)
    assert list(hits.ids[:, 0]) == names(20)
    for number in range(20):
        np.testing.assert_array_equal(hits.vectors[number, 0], rows[number : number + 1])
        assert list(hits.ids[number]) == nearest(rows, rows[number], 3)[0]


def test_answers_with_fewer_points_are_filled_up_in_a_batch_and_short_alone(docs, rows):
    docs.upsert(names(2), rows[:2], [{"n": 0}, {"n": 1}])
    assert docs.search(rows[0], 5).ids.shape == (2,)
    hits = docs.search_batch(rows[:3], 5, with_payload=True)
    assert hits.ids.shape == (3, 5)
    assert list(hits.ids[0]) == ["doc:0", "doc:1", None, None, None]
    assert np.isnan(hits.scores[:, 2:]).all() and not np.isnan(hits.scores[:, :2]).any()
    assert list(hits.payloads[0]) == [{"n": 0}, {"n": 1}, None, None, None]
    assert docs.search_batch(np.empty((0, DIMENSIONS), np.float32), 4).ids.shape == (0, 4)


def test_a_collection_without_points_finds_nothing(docs):
    hits = docs.search(np.ones(DIMENSIONS), 3, with_payload=True, with_vectors=True)
    assert all(part.shape == (0,) for part in hits)
    assert len(docs) == 0 and list(docs.points()) == []


def test_filters_select_by_payload_and_id(docs, rows):
    docs.upsert(names(100), rows[:100], [{"lang": "en" if n % 2 else "de", "year": 2000 + n} for n in range(100)])
    hits = docs.search(rows[0], 100, filter="lang == 'en' and year >= 2090", with_payload=True)
    assert sorted(hits.ids) == [f"doc:{n}" for n in (91, 93, 95, 97, 99)]
    assert all(payload["lang"] == "en" for payload in hits.payloads)
    assert docs.count("id in ['doc:1', 'doc:2', 'absent']") == 2
    docs.create_payload_index("year", "integer")
    assert docs.count("year < 2003") == 3
    assert docs.config["payload_indexes"] == {"year": "integer"}


def test_a_mistake_in_a_filter_is_told_with_its_place(docs):
    with pytest.raises(quartz.InvalidArgumentError, match="offset"):
        docs.search(np.ones(DIMENSIONS), filter="lang = 'en'")
    with pytest.raises(quartz.InvalidArgumentError):
        docs.count("")
    with pytest.raises(TypeError):
        docs.search(np.ones(DIMENSIONS), filter={"lang": "en"})


def test_a_point_is_read_as_it_was_stored(docs, rows):
    docs.upsert("doc:1", rows[1], {"text": "ä \U0001f408", "deep": {"list": [1, None, True, 0.5]}})
    point = docs.get("doc:1")
    assert (point.id, point.payload) == ("doc:1", {"text": "ä \U0001f408", "deep": {"list": [1, None, True, 0.5]}})
    np.testing.assert_array_equal(point.vector, rows[1])
    assert point.vectors.shape == (1, DIMENSIONS) and point.vectors.dtype == np.float32
    assert "doc:1" in docs and "doc:2" not in docs
    assert docs.get("doc:2") is None
    with pytest.raises(KeyError, match="doc:2"):
        docs["doc:2"]


def test_storing_again_replaces_and_removing_removes(docs, rows):
    docs.upsert("1", rows[0], {"a": 1})
    docs.upsert("1", rows[1])
    assert docs["1"].payload is None and len(docs) == docs.count() == 1
    assert docs.set_payload("1", {"b": 2}) and not docs.set_payload("absent", None)
    assert docs["1"].payload == {"b": 2}
    docs.upsert(["2", "3"], rows[2:4], durability="disk")
    docs.remove("1", durability="disk")
    docs.remove(["2", "absent"])
    assert [point.id for point in docs.points()] == ["3"]


def test_a_point_may_have_several_vectors_and_is_found_by_the_nearest(docs, rows):
    docs.upsert("one", rows[:3])
    docs.upsert(["two", "three"], rows[3:9].reshape(2, 3, DIMENSIONS))
    assert len(docs) == 3 and docs.statistics()["vectors"] == 9
    np.testing.assert_array_equal(docs["two"].vectors, rows[3:6])
    assert docs.search(rows[7], 1, exact=True).ids[0] == "three"


def test_points_come_in_the_order_of_their_ids_page_by_page(docs, rows):
    docs.upsert(names(500), rows, [{"n": n} for n in range(500)])
    assert [point.id for point in docs.points()] == sorted(names(500))
    assert [point.id for point in docs.points("n < 3")] == names(3)
    assert [point.id for point in docs.points(after="doc:98")] == ["doc:99"]


def test_searches_by_id_and_by_range(docs, rows):
    docs.upsert(names(500), rows)
    assert docs.search_by_id("doc:5", 3, exact=True).ids[0] == nearest(rows, rows[5], 2)[0][1]
    ids, distances = nearest(rows, rows[5], 4)
    hits = docs.search_range(rows[5], float(distances[3]) * 1.0001, 100, exact=True)
    assert list(hits.ids) == ids
    with pytest.raises(quartz.NotFoundError, match="absent"):
        docs.search_by_id("absent")


def test_a_search_is_explained(docs, rows):
    docs.upsert(names(500), rows)
    told = docs.explain(rows[0], 5, exact=True)
    assert told["plan"] == "exact scan" and told["points"] == 500


def test_ids_that_are_no_text_survive_the_way_there_and_back(docs, rows):
    odd = b"\xff\xfe".decode("utf-8", "surrogateescape")
    docs.upsert([odd, "\N{CAT}"], rows[:2])
    assert docs[odd].id == odd and "\N{CAT}" in docs
    assert set(docs.search(rows[0], 2).ids) == {odd, "\N{CAT}"}


def test_ids_may_be_an_array_of_texts(docs, rows):
    docs.upsert(np.array(["a", "b"]), rows[:2])
    assert [point.id for point in docs.points()] == ["a", "b"]


def test_ids_of_other_types_are_refused(docs, rows):
    for wrong in ([b"1"], [1], np.arange(1), [None]):
        with pytest.raises(TypeError, match="an id must be str"):
            docs.upsert(wrong, rows[:1])
    for use in (docs.get, docs.__contains__, docs.remove, docs.search_by_id):
        with pytest.raises(TypeError):
            use(1)


@pytest.mark.parametrize(
    "shape", [(DIMENSIONS,), (2, DIMENSIONS - 1), (3, DIMENSIONS), (2, 2, 2, DIMENSIONS), (), (2, DIMENSIONS, 1)]
)
def test_arrays_of_another_shape_are_refused_with_both_shapes(docs, shape):
    with pytest.raises(quartz.InvalidArgumentError, match="do not fit 2 ids and a collection of 8 dimensions"):
        docs.upsert(["a", "b"], np.ones(shape, np.float32))
    assert len(docs) == 0


def test_queries_of_another_shape_are_refused(docs):
    for query in (np.ones(DIMENSIONS + 1), np.ones((1, DIMENSIONS)), np.float32(1)):
        with pytest.raises(quartz.InvalidArgumentError, match="the collection has 8 dimensions"):
            docs.search(query)
    for queries in (np.ones(DIMENSIONS), np.ones((2, DIMENSIONS + 1))):
        with pytest.raises(quartz.InvalidArgumentError, match="the collection has 8 dimensions"):
            docs.search_batch(queries)


def test_numbers_out_of_range_are_refused_by_name(docs):
    for wrong in ({"k": 0}, {"k": 10_001}, {"ef_search": 1}, {"recall": 1.5}):
        with pytest.raises(quartz.InvalidArgumentError):
            docs.search(np.ones(DIMENSIONS), **{"k": 5, **wrong})
    with pytest.raises(TypeError):
        docs.search(np.ones(DIMENSIONS), -1)


def test_other_real_numbers_and_orders_are_copied_to_float32(docs, rows):
    ids = names(4)
    for array in (
        rows[:4].astype(np.float64),
        np.asfortranarray(rows[:4]),
        rows[:8:2],
        rows[:4].astype(">f4"),
        rows[:4].astype(np.float16),
        (rows[:4] * 100).astype(np.int64),
        rows[:4].tolist(),
    ):
        docs.upsert(ids, array)
        np.testing.assert_array_equal(docs["doc:3"].vector, np.asarray(array, dtype=np.float32)[3])


def test_a_view_whose_numbers_are_not_aligned_is_copied(docs, rows):
    memory = np.zeros(4 * DIMENSIONS + 1, np.uint8)
    memory[1:] = rows[0].view(np.uint8)
    askew = memory[1:].view(np.float32)
    assert not askew.flags.aligned
    docs.upsert("a", askew)
    np.testing.assert_array_equal(docs["a"].vector, rows[0])


@pytest.mark.parametrize("wrong", [[["1"] * DIMENSIONS], np.ones((1, DIMENSIONS), complex), [[True] * DIMENSIONS],
                                   [[None] * DIMENSIONS], "text"])
def test_what_is_not_of_real_numbers_is_refused(docs, wrong):
    with pytest.raises(TypeError, match="must be an array of real numbers"):
        docs.upsert(["a"], wrong)
    with pytest.raises(TypeError, match="must be an array of real numbers"):
        docs.search(wrong)


@pytest.mark.parametrize("dtype, copied", [(np.float32, False), (np.float64, True)])
def test_an_array_of_float32_is_read_where_it_lies(docs, dtype, copied):
    queries = np.ones((50_000, DIMENSIONS), dtype)
    tracemalloc.start()
    with pytest.raises(quartz.InvalidArgumentError):
        docs.search_batch(queries, 0)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (peak > 50_000 * DIMENSIONS * 4) == copied


def test_numbers_that_are_not_finite_are_refused_with_their_row_and_what_stays(docs, rows):
    rows[300, 2] = np.nan
    with pytest.raises(quartz.InvalidArgumentError, match=r"row 300: .*component 2.*256 rows before it stay"):
        docs.upsert(names(500), rows)
    assert len(docs) == 256


def test_a_vector_of_zeros_has_no_angle(db):
    docs = db.vectors("angles", dimensions=2)
    with pytest.raises(quartz.InvalidArgumentError):
        docs.upsert("a", [0, 0])
    assert docs.metric == "cosine" and docs.dimensions == 2 and docs.name == "angles"


def test_payloads_that_are_none_are_refused(docs, rows):
    for wrong in ([1], [[1]], [b"{}"]):
        with pytest.raises(TypeError, match="a payload must be a dict"):
            docs.upsert(["a"], rows[:1], wrong)
    for wrong in (["[1]"], ["{"], [{"n": float("nan")}]):
        with pytest.raises(ValueError):
            docs.upsert(["a"], rows[:1], wrong)
    with pytest.raises(TypeError, match="one for each"):
        docs.upsert(["a"], rows[:1], {"n": 1})
    with pytest.raises(quartz.InvalidArgumentError, match="2 payloads do not fit 1 ids"):
        docs.upsert(["a"], rows[:1], [{}, {}])
    assert len(docs) == 0


def test_a_payload_may_be_a_text_of_json(docs, rows):
    docs.upsert("a", rows[0], json.dumps({"n": 1}))
    assert docs["a"].payload == {"n": 1}


def test_a_collection_is_opened_again_by_its_name_alone(directory, rows):
    with quartz.open(directory) as db:
        docs = db.vectors("docs", dimensions=DIMENSIONS, metric="dot", payload_indexes={"lang": "keyword"})
        docs.upsert(names(500), rows)
        docs.wait_until_indexed()
        docs.save_index()
    with quartz.open(directory) as db:
        docs = db.vectors("docs")
        assert (docs.dimensions, docs.metric, len(docs)) == (DIMENSIONS, "dot", 500)
        assert docs.config["payload_indexes"] == {"lang": "keyword"}
        docs.reindex(quantization="f16", m=8)
        assert (docs.config["quantization"], docs.config["m"]) == ("f16", 8)
        assert db.vector_collections() == ["docs"]


def test_a_collection_cannot_be_opened_as_something_else(db, docs):
    with pytest.raises(quartz.InvalidArgumentError, match="dimensions"):
        db.vectors("docs", dimensions=DIMENSIONS + 1)
    with pytest.raises(quartz.NotFoundError, match="absent"):
        db.vectors("absent")
    with pytest.raises(quartz.InvalidArgumentError, match="metric must be one of 'cosine', 'l2', 'dot', not 'near'"):
        db.vectors("other", dimensions=2, metric="near")
    with pytest.raises(quartz.InvalidArgumentError, match="quantization must be one of"):
        db.vectors("other", dimensions=2, quantization="sq1")


def test_what_a_reindex_does_not_name_stays_as_it_is(db, rows):
    docs = db.vectors("other", dimensions=DIMENSIONS, quantization="f16", m=8, ef_construction=50, seed=7,
                      vectors_in_memory=False, payloads_in_memory=False)
    docs.upsert(names(50), rows[:50])
    before = docs.config
    docs.reindex(m=12)
    assert docs.config == {**before, "m": 12}
    docs.reindex()
    assert docs.config == {**before, "m": 12}
    docs.reindex(vectors_in_memory=True, quantization="sq8")
    assert docs.config == {**before, "m": 12, "vectors_in_memory": True, "quantization": "sq8"}


@pytest.mark.parametrize("more", [{"metric": "l2"}, {"m": 16}, {"vectors_in_memory": False}, {"payload_indexes": {}}])
def test_a_collection_is_opened_without_dimensions_by_its_name_alone(db, docs, more):
    with pytest.raises(TypeError, match=f"{next(iter(more))} without dimensions"):
        db.vectors("docs", **more)


@pytest.mark.parametrize(
    "more", [{"dimensions": "x"}, {"dimensions": 1.5}, {"metric": 1}, {"quantization": b"sq8"}, {"m": "16"}, {"seed": 1.5},
             {"vectors_in_memory": 1}, {"payload_indexes": {"a": 1}}, {"payload_indexes": {1: "keyword"}},
             {"payload_indexes": "ab"}])
def test_a_description_of_another_type_is_a_type_error(db, more):
    with pytest.raises(TypeError, match="must be"):
        db.vectors("other", **{"dimensions": 2, **more})
    assert db.vector_collections() == []


@pytest.mark.parametrize("more", [{"dimensions": -1}, {"m": 10**12}, {"m": -1}, {"ef_construction": 1 << 40}, {"seed": 1 << 64}])
def test_a_description_out_of_range_is_refused_by_name(db, docs, more):
    with pytest.raises(quartz.InvalidArgumentError, match=f"{next(iter(more))} is out of range"):
        db.vectors("other", **{"dimensions": 2, **more})
    if "dimensions" not in more:
        with pytest.raises(quartz.InvalidArgumentError, match="is out of range"):
            docs.reindex(**more)
    assert db.vector_collections() == ["docs"]


def test_a_dropped_collection_answers_closed(db, docs, rows):
    db.drop_vectors("docs")
    with pytest.raises(quartz.ClosedError):
        docs.upsert("a", rows[0])
    with pytest.raises(quartz.NotFoundError):
        db.drop_vectors("docs")


def test_results_stay_when_everything_they_came_from_is_gone(directory, rows):
    db = quartz.open(directory)
    docs = db.vectors("docs", dimensions=DIMENSIONS, metric="l2")
    docs.upsert(names(10), rows[:10], [{"n": n} for n in range(10)])
    hits, point = docs.search(rows[0], 3, with_vectors=True, with_payload=True), docs["doc:4"]
    db.close()
    del db, docs
    np.testing.assert_array_equal(hits.vectors[0][0], rows[0])
    np.testing.assert_array_equal(point.vector, rows[4])
    assert hits.payloads[0] == {"n": 0}
