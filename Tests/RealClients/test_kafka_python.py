"""kafka-python: an implementation of its own, in Python alone."""

import time

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import MessageSizeTooLargeError, OffsetOutOfRangeError

from conftest import create_topic
from records import CODECS, COUNT, CREATE_TIME, PARTITIONS, Received, check, record

SHARE = COUNT // len(CODECS)


def producer(broker, **settings):
    return KafkaProducer(bootstrap_servers=broker.address, linger_ms=5, **settings)


def consumer(broker, topic, partitions=range(PARTITIONS), **settings):
    consumer = KafkaConsumer(
        bootstrap_servers=broker.address, group_id=None, auto_offset_reset="earliest", max_poll_records=5000,
        **settings)
    consumer.assign([TopicPartition(topic, partition) for partition in partitions])
    return consumer


def read(consumer, count, deadline=120):
    messages, end = [], time.monotonic() + deadline
    while len(messages) < count:
        assert time.monotonic() < end, f"{len(messages)} of {count} records, then nothing more"
        for batch in consumer.poll(timeout_ms=200).values():
            messages += batch
    ends = consumer.end_offsets(list(consumer.assignment()))
    assert sum(ends.values()) == count == len(messages)
    consumer.close()
    return messages


def received(message):
    assert message.timestamp_type == CREATE_TIME
    return Received(
        message.partition, message.offset, message.timestamp, message.key, message.value, message.headers)


def produce(producer, topic, indices):
    futures = []
    for index in indices:
        sent = record(index)
        futures.append(producer.send(topic, sent.value, sent.key, sent.headers, timestamp_ms=sent.timestamp))
    producer.flush(120)
    for future in futures:
        future.get(60)
    producer.close()


@pytest.mark.parametrize("codec", CODECS)
def test_round_trip(broker, topic, codec):
    idempotent = codec in ("none", "snappy", "zstd")
    settings = {"compression_type": None if codec == "none" else codec, "enable_idempotence": idempotent}
    produce(producer(broker, **settings), topic, range(SHARE))
    check(map(received, read(consumer(broker, topic), SHARE)), SHARE)


@pytest.mark.parametrize("codec", CODECS)
def test_records_of_a_megabyte(broker, topic, codec):
    values = [b"%d" % index + b"martlet" * 142_000 for index in range(10)]
    writer = producer(broker, compression_type=None if codec == "none" else codec)
    for value in values:
        writer.send(topic, value, partition=0)
    writer.flush(60)
    reader = consumer(broker, topic, [0], max_partition_fetch_bytes=1000)
    assert [message.value for message in read(reader, len(values))] == values
    writer.close()


def test_a_record_above_the_limit_is_refused(broker):
    topic = create_topic(broker, 1, {"max.message.bytes": "10000"})
    # An idempotent producer of this client goes no further after a refusal.
    writer = producer(broker, enable_idempotence=False)
    with pytest.raises(MessageSizeTooLargeError):
        writer.send(topic, b"x" * 20_000).get(30)
    assert writer.send(topic, b"x" * 9_000).get(30).offset == 0
    writer.close()


def test_offsets_by_position_and_by_time(broker, topic):
    produce(producer(broker), topic, range(2000))
    by_partition = {partition: [] for partition in range(PARTITIONS)}
    for message in read(consumer(broker, topic), 2000):
        by_partition[message.partition].append(message)
    reader = consumer(broker, topic)
    partitions = [TopicPartition(topic, partition) for partition in by_partition]
    assert reader.beginning_offsets(partitions) == {partition: 0 for partition in partitions}
    assert reader.end_offsets(partitions) == {p: len(by_partition[p.partition]) for p in partitions}
    for partition in partitions:
        messages = by_partition[partition.partition]
        middle = messages[len(messages) // 2]
        answer = reader.offsets_for_times({partition: middle.timestamp})[partition]
        assert (answer.offset, answer.timestamp) == (middle.offset, middle.timestamp)
        assert reader.offsets_for_times({partition: messages[-1].timestamp + 1})[partition] is None
    reader.close()


def test_seeking_reads_from_there(broker, topic):
    produce(producer(broker), topic, range(2000))
    reader = consumer(broker, topic, [0])
    partition = TopicPartition(topic, 0)
    for offset in (0, 1, 17, 100):
        reader.seek(partition, offset)
        first = None
        end = time.monotonic() + 30
        while first is None and time.monotonic() < end:
            first = next(iter(reader.poll(timeout_ms=200).get(partition, [])), None)
        assert first is not None and first.offset == offset
    reader.close()


def test_an_offset_out_of_range_is_an_error(broker, topic):
    reader = KafkaConsumer(bootstrap_servers=broker.address, group_id=None, auto_offset_reset="none")
    partition = TopicPartition(topic, 0)
    reader.assign([partition])
    reader.seek(partition, 1_000_000)
    end = time.monotonic() + 30
    with pytest.raises(OffsetOutOfRangeError):
        while time.monotonic() < end:
            reader.poll(timeout_ms=200)
    reader.close()
