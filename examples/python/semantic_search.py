"""Find sentences that are like a question, with Python.

Applications take their vectors from an embedding model. To need none, this one counts pieces of three letters, which
finds words of the same spelling and knows nothing of what they mean.
"""

import zlib

import numpy as np

import quartz

DIMENSIONS = 256
SENTENCES = [
    ("en", "The memtable is an index over the log."),
    ("en", "Compaction merges sorted tables into deeper levels."),
    ("en", "A snapshot shows all keyspaces as of one moment."),
    ("de", "Katzen schlafen zwei Drittel ihres Lebens."),
    ("en", "Every write is a record in the write-ahead log."),
]


def embed(text):
    letters = " " + "".join(c if c.isalnum() else " " for c in text.lower()) + " "
    vector = np.zeros(DIMENSIONS, dtype=np.float32)
    for at in range(len(letters) - 2):
        vector[zlib.crc32(letters[at : at + 3].encode()) % DIMENSIONS] += 1
    return vector


with quartz.open("notes_db") as db:
    # The number of dimensions and the metric stay for the life of the collection.
    notes = db.vectors("notes", dimensions=DIMENSIONS, metric="cosine")
    notes.upsert(
        [f"note:{number}" for number in range(len(SENTENCES))],
        np.stack([embed(text) for _, text in SENTENCES]),
        [{"lang": lang, "text": text} for lang, text in SENTENCES],
    )
    for question in ("writes and their logs", "merging of tables"):
        print(question)
        hits = notes.search(embed(question), k=2, filter="lang == 'en'", with_payload=True)
        # The cosine of the angle: 1 for the same direction, about 0 for nothing in common.
        for id, score, payload in zip(hits.ids, hits.scores, hits.payloads):
            print(f"  {score:.3f} {id} {payload['text']}")
