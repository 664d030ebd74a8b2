"""Twenty members of a group come, go and are killed while a producer writes: every record is consumed, none skipped."""

import collections
import threading
import time

import pytest
from confluent_kafka import Producer

from broker import Broker, wait_until
from conftest import create_topic
from groups import Process, new_group
from wire_groups import GroupConnection

pytestmark = pytest.mark.timeout(120)
BROKER_SETTINGS = {
    "group.min.session.timeout.ms": 1000, "group.initial.rebalance.delay.ms": 200, "offsets.topic.num.partitions": 4,
    "group.consumer.min.heartbeat.interval.ms": 100, "group.consumer.heartbeat.interval.ms": 300,
    "group.consumer.min.session.timeout.ms": 1000, "group.consumer.session.timeout.ms": 3000}
PARTITIONS, PROCESSES, MEMBERS = 24, 5, 4
KINDS = {
    "confluent": ("confluent", {}),
    "confluent-cooperative": ("confluent", {"strategy": "cooperative-sticky"}),
    "confluent-consumer": ("confluent", {"protocol": "consumer"}),
    "kafka-python": ("kafka-python", {}),
    "aiokafka": ("aiokafka", {}),
}


class Writer:
    """Records at an even pace into every partition, until told to stop; counts what was acknowledged."""

    def __init__(self, broker, topic, pause=0.05):
        self.producer = Producer({
            "bootstrap.servers": broker.address, "linger.ms": 5, "reconnect.backoff.max.ms": 200})
        self.topic, self.pause = topic, pause
        self.ends, self.errors, self.enough = collections.Counter(), [], threading.Event()
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    def work(self):
        while not self.enough.wait(self.pause):
            for partition in range(PARTITIONS):
                self.producer.produce(self.topic, b"x", partition=partition, on_delivery=self.delivered)
            self.producer.poll(0)

    def delivered(self, error, message):
        if error is not None:
            self.errors.append(error)
        else:
            self.ends[message.partition()] = max(self.ends[message.partition()], message.offset() + 1)

    def stop(self):
        self.enough.set()
        self.thread.join(10)
        assert self.producer.flush(30) == 0 and self.errors == []
        return dict(self.ends)


class Crowd:
    """The processes, and what their members, living and dead, have consumed."""

    def __init__(self, broker, kind, topic, directory):
        self.broker, self.kind, self.topic, self.directory = broker, kind, topic, directory
        self.group = new_group()
        self.all = [self.start() for _ in range(PROCESSES)]
        self.living = list(self.all)
        self.seen = collections.defaultdict(set)
        self.counted = collections.Counter()

    def start(self):
        client, options = KINDS[self.kind]
        return Process(client, self.broker, self.group, self.topic, self.directory, count=MEMBERS, **options)

    def look(self):
        for number, process in enumerate(self.all):
            for _, partition, offset in process.look().records[self.counted[number]:]:
                self.seen[partition].add(offset)
                self.counted[number] += 1
            assert not process.failed, process.failed

    def has(self, ends):
        self.look()
        return all(len(self.seen[partition]) >= end for partition, end in ends.items())

    def kill_and_replace(self, count=1):
        for process in self.living[:count]:
            process.kill()
        self.living = self.living[count:] + [self.start() for _ in range(count)]
        self.all += self.living[-count:]

    def replace(self, kind):
        """One process leaves well, one of another kind comes."""
        self.kind = kind
        self.living.pop(0).stop()
        self.living.append(self.start())
        self.all.append(self.living[-1])

    def swap(self, process):
        before = len(process.look().left)
        process.say("swap")
        wait_until(lambda: len(process.look().left) >= before + MEMBERS // 2, 30, "members that leave")

    def close(self):
        for process in self.living:
            if process.process.poll() is None:
                process.kill()


@pytest.mark.parametrize("kind", KINDS)
def test_storm(broker, tmp_path, kind):
    topic, began = create_topic(broker, PARTITIONS), time.monotonic()
    writer, crowd = Writer(broker, topic), Crowd(broker, kind, topic, tmp_path)
    try:
        for round_ in range(3):
            # What is there now is consumed, whoever comes and goes meanwhile.
            goal = {partition: writer.ends[partition] + 1 for partition in range(PARTITIONS)}
            wait_until(lambda: crowd.has(goal), 40, f"the records before round {round_}")
            crowd.kill_and_replace(1 + round_ % 2)
            crowd.swap(crowd.living[0])
        ends = writer.stop()
        wait_until(lambda: crowd.has(ends), 40, "the last records")
        assert time.monotonic() - began < 60
        for partition, end in ends.items():
            assert crowd.seen[partition] == set(range(end)), f"partition {partition} has holes"
        wait_until(lambda: committed(broker, crowd.group, topic) == ends, 20, "the last commits")
        for process in crowd.living:
            process.stop()
    finally:
        crowd.close()
    broker.assert_alive()


@pytest.mark.parametrize("kind", ["confluent", "confluent-consumer", "kafka-python", "aiokafka"])
def test_storm_around_a_broker_that_is_killed(tmp_path, kind):
    """And whoever it had as members, it has again, or they join anew."""
    broker = Broker(tmp_path, BROKER_SETTINGS).start()
    topic = create_topic(broker, PARTITIONS)
    writer, crowd = Writer(broker, topic), Crowd(broker, kind, topic, tmp_path)
    try:
        for round_ in range(3):
            goal = {partition: writer.ends[partition] + 1 for partition in range(PARTITIONS)}
            wait_until(lambda: crowd.has(goal), 40, f"the records before round {round_}")
            if round_ == 1:
                # In the midst of a rebalance.
                crowd.kill_and_replace()
            broker.kill()
            broker.start()
        ends = writer.stop()
        wait_until(lambda: crowd.has(ends), 40, "the last records")
        for partition, end in ends.items():
            assert crowd.seen[partition] == set(range(end)), f"partition {partition} has holes"
        wait_until(lambda: committed(broker, crowd.group, topic) == ends, 20, "the last commits")
        for process in crowd.living:
            process.stop()
    finally:
        crowd.close()
    broker.assert_alive()
    broker.stop()


@pytest.mark.parametrize("kind", ["confluent", "confluent-cooperative", "kafka-python", "aiokafka"])
def test_storm_that_changes_the_protocol(broker, tmp_path, kind):
    """A rolling upgrade to the consumer protocol, and back, under load (KIP-848)."""
    topic, began = create_topic(broker, PARTITIONS), time.monotonic()
    writer, crowd = Writer(broker, topic), Crowd(broker, kind, topic, tmp_path)
    try:
        for next_kind in ["confluent-consumer"] * PROCESSES + [kind] * PROCESSES:
            goal = {partition: writer.ends[partition] + 1 for partition in range(PARTITIONS)}
            wait_until(lambda: crowd.has(goal), 40, f"the records before the next {next_kind}")
            crowd.replace(next_kind)
        ends = writer.stop()
        wait_until(lambda: crowd.has(ends), 40, "the last records")
        assert time.monotonic() - began < 60
        for partition, end in ends.items():
            assert crowd.seen[partition] == set(range(end)), f"partition {partition} has holes"
        wait_until(lambda: committed(broker, crowd.group, topic) == ends, 20, "the last commits")
        for process in crowd.living:
            process.stop()
    finally:
        crowd.close()
    broker.assert_alive()


def committed(broker, group, topic):
    with GroupConnection(broker) as connection:
        answers = connection.committed(group, topic, range(PARTITIONS))
    return {partition: offset for partition, (offset, _, _) in answers.items()} if isinstance(answers, dict) else {}
