"""The tools that work on files: what Apache Kafka wrote is taken over, saved and put back, and read by real clients.

The directory is put together here, from Kafka's description of its files and kafka-python's own encoder of batches.
"""

import base64
import json
import os
import struct
import subprocess
import uuid

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from kafka.record.default_records import DefaultRecordBatchBuilder

from broker import EXECUTABLE, Broker
from conftest import create_topic

TIME = 1_700_000_000_000


def martlet(*arguments, code=0):
    done = subprocess.run([str(EXECUTABLE), *map(str, arguments)], capture_output=True, text=True, timeout=120)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + done.stderr


def batch(base, count, epoch, codec):
    """A batch as Kafka's leader stores it: offset and epoch are written over what the producer sent."""
    builder = DefaultRecordBatchBuilder(
        magic=2, compression_type=codec, is_transactional=False, producer_id=-1, producer_epoch=-1, base_sequence=-1,
        batch_size=1 << 20)
    for delta in range(count):
        number = base + delta
        builder.append(delta, TIME + number, b"key-%d" % number, b"value-%d" % number, [])
    data = bytearray(builder.build())
    struct.pack_into(">q", data, 0, base)
    struct.pack_into(">i", data, 12, epoch)
    return bytes(data)


def value(number):
    return b"value-%06d " % number + b"." * 500


def kafka_directory(path, counts=(40, 30), codec=0):
    """A directory of a broker of one topic, closed cleanly: two segments, the time and offset index of the first."""
    topic_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    for partition in range(2):
        folder = path / f"orders-{partition}"
        folder.mkdir(parents=True)
        (folder / "partition.metadata").write_text(f"version: 0\ntopic_id: {topic_id}")
        (folder / "leader-epoch-checkpoint").write_text("0\n1\n7 0\n")
        first = batch(0, counts[0], 7, codec)
        (folder / f"{0:020}.log").write_bytes(first)
        (folder / f"{0:020}.index").write_bytes(b"")
        (folder / f"{0:020}.timeindex").write_bytes(struct.pack(">qi", TIME + counts[0] - 1, counts[0] - 1))
        (folder / f"{counts[0]:020}.log").write_bytes(batch(counts[0], counts[1], 7, codec))
        (folder / f"{counts[0]:020}.index").write_bytes(b"")
        last = sum(counts) - 1
        (folder / f"{counts[0]:020}.timeindex").write_bytes(struct.pack(">qi", TIME + last, last - counts[0]))
    (path / "meta.properties").write_text(
        "#\n#Mon Nov 20 10:00:00 UTC 2023\nnode.id=3\ndirectory.id=5mJ1sL5ES3K0fDkpWgB3Rw\nversion=1\n"
        "cluster.id=Yk0wTTL9SzSu2eSW0JhWkw\n")
    (path / "cleaner-offset-checkpoint").touch()
    for name in ("recovery-point-offset-checkpoint", "replication-offset-checkpoint"):
        (path / name).write_text(f"0\n2\norders 0 {sum(counts)}\norders 1 {sum(counts)}\n")
    (path / ".kafka_cleanshutdown").write_text('{"version":0,"brokerEpoch":-1}')
    return topic_id


def read(broker, topic, partition, count):
    consumer = Consumer({
        "bootstrap.servers": broker.address, "group.id": "unused", "enable.auto.commit": False, "check.crcs": True})
    consumer.assign([TopicPartition(topic, partition, 0)])
    messages = []
    while len(messages) < count:
        message = consumer.poll(20)
        assert message is not None and not message.error(), message and message.error()
        messages.append((message.offset(), message.key(), message.value(), message.timestamp()[1]))
    consumer.close()
    return messages


@pytest.mark.parametrize("flags", [[], ["--link"]])
@pytest.mark.parametrize("codec", [0, 1])
def test_what_kafka_wrote_is_served(tmp_path, flags, codec):
    source = tmp_path / "kafka"
    topic_id = kafka_directory(source, codec=codec)
    assert "is sound: 2 logs, 4 segments, 4 batches, 140 records" in martlet("log", "verify", "--deep", source)
    assert "imported 1 topics" in martlet("log", "import", source, "--data-dir", tmp_path / "data", *flags)
    broker = Broker(tmp_path).start()
    try:
        for partition in range(2):
            expected = [(n, b"key-%d" % n, b"value-%d" % n, TIME + n) for n in range(70)]
            assert read(broker, "orders", partition, 70) == expected
        producer = Producer({"bootstrap.servers": broker.address, "enable.idempotence": True})
        producer.produce("orders", b"new", partition=0)
        assert producer.flush(30) == 0
        assert read(broker, "orders", 0, 71)[70][:3] == (70, None, b"new")
    finally:
        broker.stop()
    assert f"topic_id: {topic_id}" in (tmp_path / "data/orders-0/partition.metadata").read_text()
    assert "is sound" in martlet("log", "verify", "--deep", tmp_path / "data")
    assert "is sound: 2 logs, 4 segments" in martlet("log", "verify", "--deep", source)


def test_old_formats_and_damage_are_refused(tmp_path):
    kafka_directory(tmp_path / "kafka")
    log = tmp_path / f"kafka/orders-1/{0:020}.log"
    good = log.read_bytes()
    for position, value, words in ((16, 1, "format is version 1"), (200, good[200] ^ 8, "checksum")):
        log.write_bytes(good[:position] + bytes([value]) + good[position + 1:])
        assert words in martlet("log", "import", tmp_path / "kafka", "--data-dir", tmp_path / "data", code=1)
        assert not (tmp_path / "data").exists()
        assert words in martlet("log", "verify", tmp_path / "kafka", code=1)


def test_a_dump_has_the_lines_of_kafkas_tool(tmp_path):
    kafka_directory(tmp_path / "kafka")
    folder = tmp_path / "kafka/orders-0"
    text = martlet("log", "dump", "--deep", *sorted(folder.iterdir()))
    assert f"Dumping {folder}/{0:020}.log\nLog starting offset: 0\n" in text
    assert ("baseOffset: 40 lastOffset: 69 count: 30 baseSequence: -1 lastSequence: -1 producerId: -1 producerEpoch: -1 "
            "partitionLeaderEpoch: 7 isTransactional: false isControl: false position: 0 CreateTime: 1700000000069") in text
    assert "| offset: 41 CreateTime: 1700000000041 keySize: 6 valueSize: 8 sequence: -1 headers: [] key: key-41" in text
    assert "timestamp: 1700000000039 offset: 39" in text
    assert "epoch: 7 startOffset: 0" in text
    lines = martlet("log", "dump", "--deep", "--output", "json", folder / f"{0:020}.log").splitlines()
    (found,) = map(json.loads, lines)
    assert [record["payload"] for record in found["records"]] == [f"value-{n}" for n in range(40)]
    with open(folder / f"{40:020}.log", "ab") as file:
        file.write(b"\0" * 30)
    assert "Not sound from byte" in martlet("log", "dump", folder / f"{40:020}.log", code=1)


def test_a_backup_under_load_has_what_was_acknowledged_and_can_be_served(tmp_path):
    original = Broker(tmp_path / "original", {"log.segment.bytes": 1048576})
    os.makedirs(tmp_path / "original")
    original.start()
    try:
        topic = create_topic(original, 1)
        producer = Producer({"bootstrap.servers": original.address, "linger.ms": 0, "acks": "all"})
        for number in range(5000):
            producer.produce(topic, value(number), partition=0)
        assert producer.flush(60) == 0
        for number in range(5000, 20000):
            producer.produce(topic, value(number), partition=0)
        said = martlet("backup", tmp_path / "saved", "--data-dir", original.data)
        assert "saved 2 logs" in said
        assert producer.flush(60) == 0
        assert "is sound" in martlet("log", "verify", "--deep", original.data)
    finally:
        original.stop()
    assert "is sound" in martlet("log", "verify", "--deep", tmp_path / "saved")
    os.makedirs(tmp_path / "copy")
    copy = Broker(tmp_path / "copy")
    martlet("restore", tmp_path / "saved", "--data-dir", copy.data)
    assert "not empty" in martlet("restore", tmp_path / "saved", "--data-dir", copy.data, code=1)
    copy.start()
    try:
        consumer = Consumer({"bootstrap.servers": copy.address, "group.id": "unused", "enable.auto.commit": False})
        _, end = consumer.get_watermark_offsets(TopicPartition(topic, 0), 20)
        consumer.close()
        assert 5000 <= end <= 20000
        assert [entry[2] for entry in read(copy, topic, 0, end)] == [value(number) for number in range(end)]
    finally:
        copy.stop()
