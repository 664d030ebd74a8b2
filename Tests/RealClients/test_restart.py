"""What a stop, asked for or not, must leave behind."""

import hashlib
import threading

import pytest
from confluent_kafka import Consumer, Producer, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from broker import wait_until
from conftest import create_topic
from test_confluent import consumer, produce, read_to_end, received
from records import check

PARTITIONS = 3
# How often the broker is killed, and how many acknowledgements come before each.
LONG_ROUNDS = (5, 10_000)
SHORT_ROUNDS = (100, 200)


def describe(broker, topic):
    admin = AdminClient({"bootstrap.servers": broker.address})
    cluster = admin.describe_cluster().result(30)
    described = admin.describe_topics(TopicCollection([topic]))[topic].result(30)
    (configs,) = admin.describe_configs([ConfigResource(ResourceType.TOPIC, topic)]).values()
    values = {key: entry.value for key, entry in configs.result(30).items()}
    return cluster.cluster_id, cluster.nodes[0].id, str(described.topic_id), len(described.partitions), values


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_topics_records_and_identity_survive(own_broker, end):
    topic = create_topic(own_broker, 4, {"segment.bytes": "1048576", "retention.ms": "-1"})
    produce(Producer({"bootstrap.servers": own_broker.address}), topic, range(5000))
    before = describe(own_broker, topic)
    for run in range(1, 4):
        getattr(own_broker, end)()
        own_broker.start()
        assert describe(own_broker, topic) == before
        produce(Producer({"bootstrap.servers": own_broker.address}), topic, range(5000 * run, 5000 * (run + 1)))
        count = 5000 * (run + 1)
        check(map(received, read_to_end(consumer(own_broker, topic, range(4)), 4)), count)


def test_deleted_topics_stay_deleted(own_broker):
    admin = AdminClient({"bootstrap.servers": own_broker.address})
    topic = create_topic(own_broker, 2)
    admin.delete_topics([topic])[topic].result(30)
    own_broker.kill()
    own_broker.start()
    assert topic not in admin.list_topics(timeout=10).topics
    admin.create_topics([NewTopic(topic, 1, 1)])[topic].result(30)
    assert Consumer({"bootstrap.servers": own_broker.address, "group.id": "unused"}).get_watermark_offsets(
        TopicPartition(topic, 0), 10) == (0, 0)


class Observer(threading.Thread):
    """Reads all the time, through every kill; no offset may ever show it two values, and none may be skipped."""

    def __init__(self, broker, topic):
        super().__init__(daemon=True)
        self.consumer = Consumer({
            "bootstrap.servers": broker.address, "group.id": "unused", "enable.auto.commit": False,
            "auto.offset.reset": "error", "reconnect.backoff.max.ms": 200})
        self.consumer.assign([TopicPartition(topic, partition, 0) for partition in range(PARTITIONS)])
        self.values, self.faults, self.ended = {}, [], threading.Event()
        self.next = [0] * PARTITIONS

    def run(self):
        while not self.ended.is_set():
            for message in self.consumer.consume(1000, 0.1):
                if message.error() is not None:
                    if message.error().fatal() or not message.error().retriable():
                        self.note(message.error())
                    continue
                at = (message.partition(), message.offset())
                if message.offset() != self.next[message.partition()]:
                    self.faults.append(f"expected offset {self.next[message.partition()]}, came {at}")
                self.next[message.partition()] = message.offset() + 1
                self.values[at] = message.value()
        self.consumer.close()

    def note(self, error):
        """Lost connections are what this test makes; an offset that is gone would be a loss."""
        if error.name() in ("_AUTO_OFFSET_RESET", "OFFSET_OUT_OF_RANGE", "_LOG_TRUNCATION"):
            self.faults.append(str(error))


def value(number):
    """Of some size, and no two alike."""
    return b"value %d " % number + hashlib.sha256(b"%d" % number).digest() * (number % 7)


class Writer:
    """Sends numbered values and keeps what was acknowledged where."""

    def __init__(self, broker, topic, idempotent):
        self.topic, self.acknowledged, self.failures = topic, {}, []
        self.sent, self.enough = 0, threading.Event()
        self.producer = Producer({
            "bootstrap.servers": broker.address, "acks": "all", "enable.idempotence": idempotent, "linger.ms": 2,
            "batch.num.messages": 200, "reconnect.backoff.max.ms": 200, "message.timeout.ms": 120_000,
            "retries": 1_000_000, "queue.buffering.max.messages": 2_000})

    def on_delivery(self, error, message):
        if error is not None:
            self.failures.append(error)
        else:
            self.acknowledged[message.value()] = (message.partition(), message.offset())

    def send(self):
        """Goes on until told to stop, so that every kill hits a producer with requests under way."""
        while not self.enough.is_set():
            try:
                self.producer.produce(
                    self.topic, value(self.sent), partition=self.sent % PARTITIONS,
                    on_delivery=self.on_delivery)
                self.sent += 1
            except BufferError:
                self.producer.poll(0.05)
            self.producer.poll(0)


@pytest.mark.parametrize(("idempotent", "rounds"), [
    (True, LONG_ROUNDS), (False, LONG_ROUNDS), (True, SHORT_ROUNDS)], ids=["idempotent", "plain", "a-hundred-times"])
def test_a_killed_broker_loses_nothing_acknowledged(own_broker, idempotent, rounds):
    kills, per_round = rounds
    topic = create_topic(own_broker, PARTITIONS)
    writer = Writer(own_broker, topic, idempotent)
    observer = Observer(own_broker, topic)
    observer.start()
    sending = threading.Thread(target=writer.send, daemon=True)
    sending.start()
    for _ in range(kills):
        wait_for_more(writer, per_round)
        own_broker.kill()
        own_broker.start()
    wait_for_more(writer, per_round)
    writer.enough.set()
    sending.join(60)
    assert writer.producer.flush(120) == 0
    assert writer.failures == []
    total = writer.sent
    assert len(writer.acknowledged) == total > kills * per_round

    stored = read_all(own_broker, topic)
    wait_until(lambda: len(observer.values) >= len(stored), 30, "the observer")
    observer.ended.set()
    observer.join(30)
    assert observer.faults == []
    assert observer.values == stored, "an offset showed two values"
    lost = [value for value, at in writer.acknowledged.items() if stored.get(at) != value]
    assert lost == []
    if idempotent:
        assert sorted(stored.values()) == sorted(value(number) for number in range(total)), "a retry was stored twice"
        for partition in range(PARTITIONS):
            numbers = [int(stored[at].split()[1]) for at in sorted(stored) if at[0] == partition]
            assert numbers == list(range(partition, total, PARTITIONS)), "records changed their order"


def wait_for_more(writer, count):
    goal = len(writer.acknowledged) + count
    wait_until(lambda: len(writer.acknowledged) >= goal or writer.failures, 90, "acknowledgements")


def read_all(broker, topic):
    messages = read_to_end(consumer(broker, topic, range(PARTITIONS)), PARTITIONS)
    stored = {(message.partition(), message.offset()): message.value() for message in messages}
    assert len(stored) == len(messages)
    for partition in range(PARTITIONS):
        offsets = sorted(offset for at, offset in stored if at == partition)
        assert offsets == list(range(len(offsets))), "offsets are consecutive"
    return stored
