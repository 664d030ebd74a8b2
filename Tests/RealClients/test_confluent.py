"""confluent-kafka: today's librdkafka."""

import time

import pytest
from confluent_kafka import TIMESTAMP_CREATE_TIME, Consumer, KafkaError, KafkaException, Producer, TopicPartition

from conftest import create_topic
from records import CODECS, COUNT, FIRST_TIMESTAMP, PARTITIONS, Received, check, record

SHARE = COUNT // len(CODECS)


def producer(broker, **settings):
    return Producer({"bootstrap.servers": broker.address, "linger.ms": 5, **settings})


def consumer(broker, topic, partitions=range(PARTITIONS), offset=0, **settings):
    consumer = Consumer({
        "bootstrap.servers": broker.address, "group.id": "unused", "enable.auto.commit": False,
        "auto.offset.reset": "error", "enable.partition.eof": True, **settings})
    consumer.assign([TopicPartition(topic, partition, offset) for partition in partitions])
    return consumer


def read_to_end(consumer, partitions=PARTITIONS, deadline=120):
    """Everything up to the ends of the assigned partitions."""
    messages, ended, end = [], set(), time.monotonic() + deadline
    while len(ended) < partitions:
        assert time.monotonic() < end, f"{len(messages)} records, {len(ended)} ends, then nothing more"
        for message in consumer.consume(5000, 0.2):
            if message.error() is None:
                messages.append(message)
                ended.discard(message.partition())
            elif message.error().code() == KafkaError._PARTITION_EOF:
                ended.add(message.partition())
            else:
                raise KafkaException(message.error())
    consumer.close()
    return messages


def received(message):
    kind, timestamp = message.timestamp()
    assert kind == TIMESTAMP_CREATE_TIME
    return Received(
        message.partition(), message.offset(), timestamp, message.key(), message.value(), message.headers() or [])


def produce(producer, topic, indices):
    failures = []

    def on_delivery(error, _message):
        if error is not None:
            failures.append(error)

    for index in indices:
        sent = record(index)
        while True:
            try:
                producer.produce(
                    topic, sent.value, sent.key, timestamp=sent.timestamp, headers=sent.headers,
                    on_delivery=on_delivery)
                break
            except BufferError:
                producer.poll(0.1)
        producer.poll(0)
    assert producer.flush(60) == 0
    assert failures == []


@pytest.mark.parametrize("idempotent", [False, True], ids=["plain", "idempotent"])
@pytest.mark.parametrize("codec", CODECS)
def test_round_trip(broker, topic, codec, idempotent):
    settings = {"compression.type": codec, "enable.idempotence": idempotent}
    produce(producer(broker, **settings), topic, range(SHARE // 2))
    check(map(received, read_to_end(consumer(broker, topic))), SHARE // 2)


def test_round_trip_without_waiting(broker, topic):
    produce(producer(broker, acks=0), topic, range(1000))
    end, got = time.monotonic() + 60, []
    reader = consumer(broker, topic)
    while len(got) < 1000:
        assert time.monotonic() < end
        got += [message for message in reader.consume(1000, 0.2) if message.error() is None]
    reader.close()
    check(map(received, got), 1000)


@pytest.mark.parametrize("codec", CODECS)
def test_records_of_a_megabyte(broker, topic, codec):
    values = [b"%d" % index + b"martlet" * 142_000 for index in range(20)]
    writer = producer(broker, **{"compression.type": codec, "message.max.bytes": 1_048_588})
    for value in values:
        writer.produce(topic, value, partition=0)
    assert writer.flush(60) == 0
    # Far below one record: a fetch must get past it all the same.
    reader = consumer(broker, topic, [0], **{"max.partition.fetch.bytes": 1000, "fetch.message.max.bytes": 1000})
    assert [message.value() for message in read_to_end(reader, 1)] == values


def test_a_record_above_the_limit_is_refused(broker):
    topic = create_topic(broker, 1, {"max.message.bytes": "10000"})
    outcomes = []
    writer = producer(broker, **{"message.max.bytes": 4_000_000})
    for size in [9_000, 20_000, 9_500]:
        writer.produce(topic, b"x" * size, on_delivery=lambda error, _: outcomes.append(error and error.code()))
        assert writer.flush(30) == 0
    assert outcomes == [None, KafkaError.MSG_SIZE_TOO_LARGE, None]
    assert [len(message.value()) for message in read_to_end(consumer(broker, topic, [0]), 1)] == [9_000, 9_500]


def test_a_topic_is_created_on_its_first_use(broker):
    writer = producer(broker)
    for index in range(100):
        writer.produce("created-on-use", b"%d" % index, partition=0)
    assert writer.flush(60) == 0
    reader = consumer(broker, "created-on-use", [0])
    assert [message.value() for message in read_to_end(reader, 1)] == [b"%d" % index for index in range(100)]


def test_watermarks_and_offsets_for_times(broker, topic):
    produce(producer(broker), topic, range(2000))
    by_partition = {partition: [] for partition in range(PARTITIONS)}
    for message in read_to_end(consumer(broker, topic)):
        by_partition[message.partition()].append(received(message))
    reader = consumer(broker, topic)
    for partition, records in by_partition.items():
        assert reader.get_watermark_offsets(TopicPartition(topic, partition), 10) == (0, len(records))
        middle = records[len(records) // 2]
        times = {records[0].timestamp - 1000: 0, middle.timestamp: middle.offset, records[-1].timestamp + 1: -1}
        for timestamp, offset in times.items():
            answer = reader.offsets_for_times([TopicPartition(topic, partition, timestamp)], 10)
            # librdkafka says "end" where the broker says that there is no such record.
            assert answer[0].error is None and answer[0].offset == offset, (timestamp - FIRST_TIMESTAMP, offset)
    reader.close()


def test_an_offset_out_of_range_is_an_error(broker, topic):
    produce(producer(broker), topic, range(100))
    reader = consumer(broker, topic, [0], offset=1_000_000)
    end, error = time.monotonic() + 30, None
    while error is None and time.monotonic() < end:
        message = reader.poll(0.2)
        error = message.error() if message is not None else None
    reader.close()
    assert error is not None and error.code() == KafkaError._AUTO_OFFSET_RESET


def test_a_consumer_at_the_end_sees_what_comes(broker, topic):
    """A long poll is released by the append, for each of many records."""
    writer, reader = producer(broker, **{"linger.ms": 0}), consumer(broker, topic, [0])
    for index in range(200):
        writer.produce(topic, b"%d" % index, partition=0)
        writer.flush(10)
        end, value = time.monotonic() + 10, None
        while value is None and time.monotonic() < end:
            message = reader.poll(1)
            value = message.value() if message is not None and message.error() is None else None
        assert value == b"%d" % index
    reader.close()
