"""Records that are deleted, by request and by their age, through confluent-kafka and kafka-python."""

import time

import pytest
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka import TopicPartition as ConfluentPartition
from confluent_kafka.admin import AdminClient
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.errors import OffsetOutOfRangeError

from broker import wait_until
from conftest import create_topic

BROKER_SETTINGS = {
    "log.retention.check.interval.ms": "200", "log.initial.task.delay.ms": "0", "log.segment.delete.delay.ms": "0"}


def fill(broker, topic, count, timestamp=None):
    producer = KafkaProducer(bootstrap_servers=broker.address)
    for index in range(count):
        producer.send(topic, b"%d" % index, partition=0, timestamp_ms=timestamp)
    producer.close()


def consumer(broker, topic, **settings):
    consumer = KafkaConsumer(bootstrap_servers=broker.address, group_id=None, **settings)
    consumer.assign([TopicPartition(topic, 0)])
    return consumer


def beginning(broker, topic):
    reader = consumer(broker, topic)
    try:
        return reader.beginning_offsets([TopicPartition(topic, 0)])[TopicPartition(topic, 0)]
    finally:
        reader.close()


def segments(broker, topic):
    return sorted(path.name for path in (broker.data / f"{topic}-0").glob("*.log*"))


def test_kafka_python_deletes_records(broker):
    topic = create_topic(broker)
    fill(broker, topic, 10)
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    admin.delete_records({TopicPartition(topic, 0): 4})
    admin.close()
    assert beginning(broker, topic) == 4
    reader = consumer(broker, topic, auto_offset_reset="none")
    reader.seek(TopicPartition(topic, 0), 3)
    with pytest.raises(OffsetOutOfRangeError):
        for _ in range(50):
            reader.poll(timeout_ms=200)
    reader.seek(TopicPartition(topic, 0), 4)
    messages, end = [], time.monotonic() + 30
    while len(messages) < 6 and time.monotonic() < end:
        for batch in reader.poll(timeout_ms=200).values():
            messages += batch
    assert [(message.offset, message.value) for message in messages] == [(at, b"%d" % at) for at in range(4, 10)]
    reader.close()


def test_confluent_deletes_records(broker):
    admin = AdminClient({"bootstrap.servers": broker.address})
    topic, compacted = create_topic(broker), create_topic(broker, configs={"cleanup.policy": "compact"})
    fill(broker, topic, 5)

    def delete(name, offset):
        (future,) = admin.delete_records([ConfluentPartition(name, 0, offset)]).values()
        try:
            return future.result(30).low_watermark
        except KafkaException as error:
            return error.args[0].code()

    assert delete(topic, 2) == 2
    assert delete(topic, 1) == 2
    assert delete(topic, 9) == KafkaError.OFFSET_OUT_OF_RANGE
    assert delete(topic, -1) == 5
    assert delete(compacted, 0) == KafkaError.POLICY_VIOLATION
    # Nothing can be read any more: the files go, and the log goes on where it was.
    wait_until(lambda: segments(broker, topic) == ["00000000000000000005.log"], what="the removal of the files")
    fill(broker, topic, 1)
    assert beginning(broker, topic) == 5


def test_old_records_go(broker):
    topic = create_topic(broker, configs={"retention.ms": "3600000"})
    fill(broker, topic, 3, timestamp=int(time.time() * 1000) - 2 * 3_600_000)
    wait_until(lambda: beginning(broker, topic) == 3, what="retention by time")
    wait_until(lambda: segments(broker, topic) == ["00000000000000000003.log"], what="the removal of the files")
    fill(broker, topic, 1)
    time.sleep(1)
    assert beginning(broker, topic) == 3


def test_a_restart_shows_no_older_start(own_broker):
    topic = create_topic(own_broker)
    fill(own_broker, topic, 10)
    admin = AdminClient({"bootstrap.servers": own_broker.address})
    for future in admin.delete_records([ConfluentPartition(topic, 0, 7)]).values():
        assert future.result(30).low_watermark == 7
    own_broker.kill()
    own_broker.start()
    assert beginning(own_broker, topic) == 7
