"""Compacted topics and topics with a codec of their own, as clients of two libraries write and read them."""

import random
import time

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
from kafka import KafkaConsumer
from kafka import TopicPartition as PythonTopicPartition

from conftest import create_topic

BROKER_SETTINGS = {"log.cleaner.backoff.ms": "200"}
COMPACTED = {"cleanup.policy": "compact", "segment.bytes": "1048576", "min.cleanable.dirty.ratio": "0.01"}
KEYS, ROUNDS = 50, 60
BYTES = random.Random(7)


def value_of(number):
    """What no codec makes smaller, so that segments fill."""
    return b"%d:" % number + BYTES.randbytes(4096)


def write(broker, topic, codec="none", **settings):
    """Every key once a round; the last round deletes every tenth key. Returns what the table holds then."""
    producer = Producer({
        "bootstrap.servers": broker.address, "linger.ms": 5, "compression.type": codec, "enable.idempotence": True,
        **settings})
    table = {}
    for number in range(ROUNDS):
        for key in range(KEYS):
            name = b"key-%d" % key
            is_gone = number == ROUNDS - 1 and key % 10 == 0
            value = None if is_gone else value_of(number)
            table[name] = value
            producer.produce(topic, value, name)
        producer.flush(60)
    # What is cleaned has to lie below the segment that grows.
    for number in range(400):
        table[b"end"] = value_of(number)
        producer.produce(topic, table[b"end"], b"end")
    assert producer.flush(60) == 0
    return {key: value for key, value in table.items() if value is not None}


def read(broker, topic):
    """All records of a topic of one partition, by librdkafka."""
    consumer = Consumer({"bootstrap.servers": broker.address, "group.id": "none", "enable.auto.commit": False})
    low, high = consumer.get_watermark_offsets(TopicPartition(topic, 0), 30)
    consumer.assign([TopicPartition(topic, 0, OFFSET_BEGINNING)])
    messages, end = [], time.monotonic() + 60
    while not messages or messages[-1].offset() < high - 1:
        assert time.monotonic() < end, f"{len(messages)} records of {low} to {high}, then nothing more"
        message = consumer.poll(1)
        if message is not None:
            assert message.error() is None, message.error()
            messages.append(message)
    consumer.close()
    return messages


def table(pairs):
    result = {}
    for key, value in pairs:
        result[key] = value
        if value is None:
            del result[key]
    return result


def wait_until_compacted(broker, topic, written):
    end = time.monotonic() + 60
    while True:
        messages = read(broker, topic)
        if len(messages) < written / 2:
            return messages
        assert time.monotonic() < end, f"{len(messages)} of {written} records are still there"
        time.sleep(0.5)


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_the_table_that_a_compacted_topic_holds_stays_the_same(broker, codec):
    topic = create_topic(broker, configs=COMPACTED)
    expected = write(broker, topic, codec)
    messages = wait_until_compacted(broker, topic, KEYS * ROUNDS)
    assert table((message.key(), message.value()) for message in messages) == expected
    offsets = [message.offset() for message in messages]
    assert offsets == sorted(set(offsets)) and offsets[-1] == KEYS * ROUNDS + 400 - 1

    consumer = KafkaConsumer(bootstrap_servers=broker.address, group_id=None, auto_offset_reset="earliest")
    partition = PythonTopicPartition(topic, 0)
    consumer.assign([partition])
    seen, end = [], time.monotonic() + 60
    while not seen or seen[-1].offset < offsets[-1]:
        assert time.monotonic() < end
        seen += consumer.poll(timeout_ms=500).get(partition, [])
    consumer.close()
    assert table((record.key, record.value) for record in seen) == expected


def test_a_compacted_topic_refuses_records_without_key(broker):
    topic = create_topic(broker, configs=COMPACTED)
    failures = []
    producer = Producer({"bootstrap.servers": broker.address})
    producer.produce(topic, b"value", on_delivery=lambda error, _: failures.append(error))
    producer.flush(30)
    assert failures and failures[0] is not None and "INVALID_RECORD" in failures[0].name()


@pytest.mark.parametrize("kept", ["uncompressed", "gzip", "snappy", "lz4", "zstd"])
@pytest.mark.parametrize("sent", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_batches_come_back_from_a_topic_with_a_codec_of_its_own(broker, sent, kept):
    topic = create_topic(broker, configs={"compression.type": kept})
    producer = Producer({
        "bootstrap.servers": broker.address, "compression.type": sent, "linger.ms": 5, "enable.idempotence": True})
    values = [b"%d " % number * 50 for number in range(500)]
    for value in values:
        producer.produce(topic, value, b"k")
    assert producer.flush(60) == 0
    assert [message.value() for message in read(broker, topic)] == values
