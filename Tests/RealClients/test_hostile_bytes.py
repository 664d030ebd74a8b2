"""Nonsense costs its sender the connection, or an error; others go on working, and memory stays bounded."""

import random
import select
import socket
import struct
import threading

import pytest
from confluent_kafka import Producer

from broker import wait_until
from conftest import create_topic
from test_confluent import consumer, read_to_end
from wire import (
    API_VERSIONS, FETCH, METADATA, PRODUCE, Connection, api_versions, batch, frame, header, metadata, plain_record,
    produce, produce_errors, string)

MEBIBYTE = 1 << 20
CORRUPT_MESSAGE, INVALID_REQUIRED_ACKS, UNSUPPORTED_VERSION = 2, 21, 35
UNSUPPORTED_FORMAT, UNSUPPORTED_COMPRESSION, INVALID_RECORD = 43, 76, 87


@pytest.fixture(scope="module", autouse=True)
def bystander(broker):
    """A client that works all the while; in the end nothing of its own may have failed or be missing."""
    topic, ended, outcomes = create_topic(broker, partitions=1), threading.Event(), []
    writer = Producer({"bootstrap.servers": broker.address, "linger.ms": 0, "message.timeout.ms": 20_000})
    sent = []

    def work():
        while not ended.wait(0.005):
            writer.produce(topic, b"%d" % len(sent), on_delivery=lambda error, _: outcomes.append(error))
            sent.append(None)
            writer.poll(0)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    wait_until(lambda: len(outcomes) > 10, 20, "the bystander's first records")
    yield outcomes
    ended.set()
    thread.join(20)
    assert writer.flush(20) == 0
    assert set(outcomes) == {None} and len(outcomes) == len(sent)
    values = [int(message.value()) for message in read_to_end(consumer(broker, topic, [0]), 1)]
    assert values == list(range(len(sent)))


@pytest.fixture(autouse=True)
def others_go_on(broker, bystander):
    yield
    broker.assert_alive()
    before = len(bystander)
    wait_until(lambda: len(bystander) > before + 5, 20, "the bystander")
    assert set(bystander) == {None}
    assert broker.resident_bytes("VmHWM") < 256 * MEBIBYTE


def garbage(seed, size):
    return random.Random(seed).randbytes(size)


CLOSED = {
    "zero length": struct.pack(">i", 0),
    "negative length": struct.pack(">i", -1),
    "lowest length": struct.pack(">i", -(1 << 31)),
    "largest length": struct.pack(">i", (1 << 31) - 1),
    "length above the limit": struct.pack(">i", 104_857_601),
    "length that ends in the header": struct.pack(">i", 3) + b"\0\x12\0",
    "unknown key": frame(header(999, 0)),
    "negative key": frame(header(-1, 0)),
    "unknown version": frame(header(METADATA, 99) + garbage(1, 50)),
    "negative version": frame(header(METADATA, -1) + garbage(2, 50)),
    "client id beyond the frame": frame(struct.pack(">hhih", METADATA, 1, 1, 30_000) + b"short"),
    "array of two thousand million": frame(header(METADATA, 1) + struct.pack(">i", (1 << 31) - 1)),
    "string beyond the frame": frame(header(METADATA, 1) + struct.pack(">ih", 1, 30_000) + b"short"),
    "body cut short": frame(header(FETCH, 4) + struct.pack(">ii", -1, 500)),
    "records beyond the frame": frame(
        header(PRODUCE, 7) + struct.pack(">hhii", -1, 1, 1000, 1) + string("t") + struct.pack(">iii", 1, 0, 1 << 30)),
    "another protocol": b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a TLS greeting": bytes.fromhex("16030100c8010000c40303") + garbage(3, 194),
    **{f"garbage {seed}": garbage(seed, 5000) for seed in range(10, 20)},
    **{f"garbage in a frame {seed}": frame(garbage(seed, 500)) for seed in range(20, 30)},
}


@pytest.mark.parametrize("data", CLOSED.values(), ids=CLOSED.keys())
def test_what_is_no_request_closes_the_connection(broker, data):
    with Connection(broker) as connection:
        connection.send(data)
        assert connection.is_closed_by_broker()


def test_a_request_cut_short_by_its_sender_is_dropped(broker):
    whole = metadata(["some-topic"])
    for size in range(len(whole)):
        with Connection(broker) as connection:
            connection.send(whole[:size])
            connection.socket.shutdown(socket.SHUT_WR)
            assert connection.receive() is None


def test_unknown_versions_of_api_versions_are_answered(broker):
    with Connection(broker) as connection:
        connection.send(api_versions(7, version=99))
        correlation, error, count, key, low, high = struct.unpack_from(">ihihhh", connection.receive())
        assert (correlation, error, count) == (7, UNSUPPORTED_VERSION, 1)
        assert key == API_VERSIONS and low == 0 and high >= 4
        connection.send(api_versions(8))
        assert struct.unpack_from(">ih", connection.receive()) == (8, 0)


def test_bytes_behind_the_last_field_are_left_alone(broker):
    """librdkafka sends three when it asks for all topics; Kafka has never minded."""
    with Connection(broker) as connection:
        connection.send(frame(metadata(["some-topic"], 6)[4:] + bytes(3)))
        assert struct.unpack_from(">i", connection.receive()) == (6,)


def test_garbage_behind_a_request_does_not_spoil_its_answer(broker):
    with Connection(broker) as connection:
        connection.send(api_versions(1) + metadata([], 2) + struct.pack(">i", -5) + garbage(4, 1000))
        assert struct.unpack_from(">i", connection.receive()) == (1,)
        assert struct.unpack_from(">i", connection.receive()) == (2,)
        assert connection.is_closed_by_broker()


def test_pipelined_requests_are_answered_in_order(broker, topic):
    requests = []
    for correlation in range(0, 600, 3):
        requests += [
            produce(topic, {0: batch([b"%d" % correlation])}, correlation=correlation), api_versions(correlation + 1),
            metadata([topic], correlation + 2)]
    with Connection(broker) as connection:
        threading.Thread(target=connection.send, args=(b"".join(requests),), daemon=True).start()
        for correlation in range(600):
            response = connection.receive()
            assert struct.unpack_from(">i", response) == (correlation,)
            if correlation % 3 == 0:
                assert produce_errors(response, topic)[0] == (0, correlation // 3)


def test_bytes_that_drip_make_a_request_all_the_same(broker):
    with Connection(broker) as slow, Connection(broker) as quick:
        for number, byte in enumerate(metadata(["no-such-topic-1"], 5)):
            slow.send(bytes([byte]))
            quick.send(api_versions(number))
            assert struct.unpack_from(">i", quick.receive()) == (number,)
        assert struct.unpack_from(">i", slow.receive()) == (5,)


def damaged():
    good = [b"one", b"two", b"three"]
    records = b"".join(plain_record(value, delta) for delta, value in enumerate(good))
    either = {CORRUPT_MESSAGE, INVALID_RECORD}
    return {
        "wrong CRC": (batch(good, crc=1), {CORRUPT_MESSAGE}),
        "a flipped bit in a value": (flip(batch(good), -2), {CORRUPT_MESSAGE}),
        "magic 0": (batch(good, magic=0), either | {UNSUPPORTED_FORMAT}),
        "magic 1": (batch(good, magic=1), either | {UNSUPPORTED_FORMAT}),
        "magic 3": (batch(good, magic=3), either | {UNSUPPORTED_FORMAT}),
        "negative length": (batch(good, length=-1), either),
        "length too small": (batch(good, length=10), either),
        "length beyond the records": (batch(good, length=5000), either),
        "largest length": (batch(good, length=(1 << 31) - 1), either),
        "count too large": (batch(good, count=4), {INVALID_RECORD}),
        "count too small": (batch(good, count=2), {INVALID_RECORD}),
        "negative count": (batch(good, count=-1), either),
        "count of two thousand million": (batch(good, count=(1 << 31) - 1, last_delta=(1 << 31) - 2), either),
        "last delta too large": (batch(good, last_delta=7), {INVALID_RECORD}),
        "deltas that jump": (
            batch(good, records=plain_record(b"a", 0) + plain_record(b"b", 2) + plain_record(b"c", 1)),
            {INVALID_RECORD}),
        "records cut short": (batch(good, records=records[:-3]), {INVALID_RECORD, CORRUPT_MESSAGE}),
        "bytes behind the records": (batch(good, records=records + b"\0\0\0"), {INVALID_RECORD, CORRUPT_MESSAGE}),
        "no records": (b"", {INVALID_RECORD, CORRUPT_MESSAGE}),
        "two batches": (batch(good) + batch(good), {INVALID_RECORD}),
        "an unknown codec": (batch(good, attributes=7), either | {UNSUPPORTED_COMPRESSION}),
        "gzip that is none": (batch(good, attributes=1), either),
        "zstd that is none": (batch(good, attributes=4), either),
        "a control batch": (batch(good, attributes=0x20), {INVALID_RECORD}),
    }


def flip(data, at):
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


@pytest.mark.parametrize("kind", damaged())
def test_a_damaged_batch_is_refused_and_its_neighbour_is_not(broker, topic, kind):
    data, codes = damaged()[kind]
    with Connection(broker) as connection:
        connection.send(produce(topic, {0: data, 1: batch([b"good"])}))
        answers = produce_errors(connection.receive(), topic)
        assert answers[0][0] in codes
        assert answers[1] == (0, 0)
        connection.send(produce(topic, {0: batch([b"after"])}))
        assert produce_errors(connection.receive(), topic)[0] == (0, 0), "nothing of it was stored"


def test_unknown_acks_are_refused(broker, topic):
    with Connection(broker) as connection:
        connection.send(produce(topic, {0: batch([b"x"])}, acks=2))
        assert produce_errors(connection.receive(), topic)[0][0] == INVALID_REQUIRED_ACKS


def test_random_bodies_of_every_request(broker):
    """Right headers, wrong bodies: an answer or the end of the connection, for every key and version."""
    random_ = random.Random(5)
    for key in range(0, 93):
        for version in range(0, 19, 3):
            with Connection(broker) as connection:
                body = random_.randbytes(random_.choice([0, 1, 8, 64, 700]))
                connection.send(frame(header(key, version) + body) + struct.pack(">i", -1))
                assert connection.is_closed_by_broker(), (key, version, body)


def test_a_thousand_half_open_connections(broker, topic):
    connections = []
    try:
        for number in range(1000):
            connections.append(Connection(broker))
            connections[-1].send(metadata(["x"])[:number % 20])
        with Connection(broker) as connection:
            for number in range(200):
                connection.send(produce(topic, {0: batch([b"%d" % number])}))
                assert produce_errors(connection.receive(), topic)[0] == (0, number)
        assert broker.resident_bytes() < 128 * MEBIBYTE
    finally:
        for connection in connections:
            connection.socket.close()


def test_promised_bytes_are_not_reserved(broker):
    """Two hundred frames of 100 MiB are announced, and a little of each comes."""
    before, connections = broker.resident_bytes(), []
    try:
        for _ in range(200):
            connections.append(Connection(broker))
            connections[-1].send(struct.pack(">i", 100 * MEBIBYTE) + header(PRODUCE, 7) + bytes(60_000))
        with Connection(broker) as connection:
            connection.send(api_versions(3))
            assert struct.unpack_from(">i", connection.receive()) == (3,)
        assert broker.resident_bytes() < before + 100 * MEBIBYTE
    finally:
        for connection in connections:
            connection.socket.close()


def test_a_client_that_never_reads_its_answers(broker, topic):
    """Answers pile up at the sender of the requests, not in the broker."""
    before = broker.resident_bytes()
    with Connection(broker) as connection:
        connection.socket.setblocking(False)
        request = metadata([topic]) * 100
        sent = 0
        while sent < 20_000 * len(request):
            try:
                sent += connection.socket.send(request)
            except BlockingIOError:
                # The broker has stopped reading; if it does not start again soon, that is what we wanted.
                if not writable(connection.socket, 1):
                    break
            except (BrokenPipeError, ConnectionResetError):
                break
        else:
            raise AssertionError("the broker read requests without end while nobody took its answers")
        assert broker.resident_bytes() < before + 64 * MEBIBYTE


def writable(connection, seconds):
    return bool(select.select([], [connection], [], seconds)[1])
