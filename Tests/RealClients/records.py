"""Records that can be told apart, and the check of what came back. A record's timestamp is its identity."""

import collections
import os
import random

COUNT = int(os.environ.get("MARTLET_RECORDS", 100_000))
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]
PARTITIONS = 4
FIRST_TIMESTAMP = 1_700_000_000_000
CREATE_TIME = 0

Record = collections.namedtuple("Record", "key value headers timestamp")
Received = collections.namedtuple("Received", "partition offset timestamp key value headers")

# Text that compresses, and bytes that do not.
_random = random.Random(7)
_pool = b"".join(
    _random.choice([b"swift ", b"martlet ", b"log ", b"offset ", _random.randbytes(6)]) for _ in range(4000))


def record(index):
    """The record of that number: null keys, null and empty values, no header or several, of one name, empty, null."""
    key = None if index % 5 == 0 else b"key-%d" % (index % 97)
    start, size = index * 31 % 8192, index * 13 % 400
    value = b"%d:" % index + _pool[start:start + size]
    if index % 50 == 1:
        value = None
    elif index % 50 == 2:
        value = b""
    headers = []
    if index % 3 == 0:
        headers = [("trace", b"%x" % index), ("empty", b""), ("again", b"1"), ("again", b"\xff\x00")]
    return Record(key, value, headers, FIRST_TIMESTAMP + index)


def check(received, count, first=0):
    """Every record came once, as it was sent, in order, at consecutive offsets, and a key kept to one partition."""
    next_offset = collections.Counter()
    last_index = {}
    partition_of_key = {}
    seen = set()
    for got in received:
        index = got.timestamp - FIRST_TIMESTAMP
        sent = record(index)
        assert got.offset == next_offset[got.partition], f"partition {got.partition} skips or repeats an offset"
        next_offset[got.partition] += 1
        assert index > last_index.get(got.partition, -1), f"record {index} came out of order, or twice"
        last_index[got.partition] = index
        assert (got.key, got.value, list(got.headers)) == (sent.key, sent.value, sent.headers), f"record {index}"
        if got.key is not None:
            assert partition_of_key.setdefault(got.key, got.partition) == got.partition
        seen.add(index)
    assert len(seen) == count and seen == set(range(first, first + count))
    assert len(next_offset) > 1, "the records were to be spread over partitions"
