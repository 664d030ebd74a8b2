"""Disks that are full, missing or broken, and a process that may open few files."""

import os
import re
import resource
import socket
import subprocess

import pytest
from confluent_kafka import KafkaError, Producer
from confluent_kafka.admin import AdminClient, NewTopic

from broker import Broker, wait_until
from conftest import create_topic
from test_confluent import consumer, read_to_end

MEGABYTE = 1 << 20
RESERVE = 8 * MEGABYTE


def mount(path, options):
    path.mkdir(exist_ok=True)
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(path)], capture_output=True, text=True)
    if made.returncode != 0:
        pytest.skip(f"no file system of its own can be mounted here: {made.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path):
    """A real file system of 48 MiB."""
    path = tmp_path / "disk"
    mount(path, "size=48m")
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


class Filler:
    """Writes numbered values and keeps those that were acknowledged."""

    def __init__(self, broker, topic):
        # An error is told at once, not tried again.
        self.producer = Producer({
            "bootstrap.servers": broker.address, "acks": "all", "retries": 0, "linger.ms": 0,
            "message.timeout.ms": 20_000, "queue.buffering.max.kbytes": 2048})
        self.topic, self.acknowledged, self.errors, self.sent = topic, {}, [], 0

    def on_delivery(self, error, message):
        if error is None:
            self.acknowledged[message.offset()] = message.value()
        else:
            self.errors.append(error)

    def send(self, size=50_000):
        value = (b"%d:" % self.sent).ljust(size, b"x")
        self.sent += 1
        self.producer.produce(self.topic, value, partition=0, on_delivery=self.on_delivery)
        self.producer.flush(30)

    def fill(self):
        while not self.errors:
            self.send()
            assert self.sent < 2000, "the disk never became full"
        return self.errors.pop()


def stored(broker, topic):
    messages = read_to_end(consumer(broker, topic, [0]), 1)
    values = {message.offset(): message.value() for message in messages}
    assert sorted(values) == list(range(len(values))), "offsets are dense"
    return values


def free_bytes(path):
    room = os.statvfs(path)
    return room.f_bavail * room.f_frsize


def test_a_full_disk_refuses_records_and_serves_on(small_disk, tmp_path):
    broker = Broker(tmp_path, {
        "log.dirs": str(small_disk / "data"), "log.dir.reserve.bytes": RESERVE,
        "log.dir.reserve.internal.bytes": MEGABYTE, "log.segment.bytes": 4 * MEGABYTE,
        "log.segment.delete.delay.ms": 100}).start()
    admin = AdminClient({"bootstrap.servers": broker.address})
    kept, filled = create_topic(broker), create_topic(broker)
    keeper, filler = Filler(broker, kept), Filler(broker, filled)
    keeper.send()
    error = filler.fill()
    assert error.code() == KafkaError.KAFKA_STORAGE_ERROR
    assert free_bytes(small_disk) > RESERVE - MEGABYTE, "refused before the disk was full"
    assert len(filler.acknowledged) > 500
    assert stored(broker, filled) == filler.acknowledged
    assert stored(broker, kept) == keeper.acknowledged
    refused = admin.create_topics([NewTopic("refused", 1, 1)])["refused"].exception(30)
    assert refused.args[0].code() == KafkaError.KAFKA_STORAGE_ERROR
    assert "log.dir.reserve.bytes" in refused.args[0].str()

    # Stopped and killed, it comes back on the full disk.
    for end in (broker.stop, broker.kill):
        end()
        broker.start()
        assert stored(broker, filled) == filler.acknowledged

    # Somebody else takes the rest, to the last byte.
    ballast = small_disk / "ballast"
    with open(ballast, "wb", buffering=0) as file, pytest.raises(OSError):
        while True:
            file.write(bytes(4096))
    assert free_bytes(small_disk) == 0
    broker.kill()
    told = said(broker, "the disk is nearly full")
    broker.start()
    # It looks every second; what it has not seen full it does not call free again.
    wait_until(lambda: said(broker, "the disk is nearly full") > told, 30, "the broker to see that the disk is full")
    assert stored(broker, filled) == filler.acknowledged
    assert Filler(broker, kept).fill().code() == KafkaError.KAFKA_STORAGE_ERROR
    broker.assert_alive()
    ballast.unlink()

    # Room returns with the deletion of a topic, and records are taken again, without a restart.
    admin = AdminClient({"bootstrap.servers": broker.address})
    admin.delete_topics([filled])[filled].result(30)
    wait_until(lambda: free_bytes(small_disk) > 30 * MEGABYTE, 30, "the files to go")

    def is_taken():
        keeper.send()
        return not keeper.errors or keeper.errors.clear()

    keeper = Filler(broker, create_topic_when_possible(broker))
    wait_until(is_taken, 30, "records to be taken")
    wait_until(lambda: "the disk has room again" in broker.log_path.read_text(), 30, "the broker to say so")
    assert "the disk is nearly full" in broker.log_path.read_text()
    broker.stop()


def said(broker, words):
    return broker.log_path.read_text().count(words)


def create_topic_when_possible(broker):
    admin, name = AdminClient({"bootstrap.servers": broker.address}), "afterwards"
    wait_until(
        lambda: admin.create_topics([NewTopic(name, 1, 1)])[name].exception(30) is None, 30, "a topic to be created")
    return name


def two_directories(tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    broker = Broker(tmp_path, {
        "log.dirs": f"{first},{second}", "log.flush.offset.checkpoint.interval.ms": 1000}).start()
    return broker, first, second


def leaders(broker, topic):
    partitions = AdminClient({"bootstrap.servers": broker.address}).list_topics(topic, 10).topics[topic].partitions
    return [partitions[number].leader for number in sorted(partitions)]


def test_a_directory_that_vanishes_goes_offline_and_the_other_serves(tmp_path):
    broker, first, second = two_directories(tmp_path)
    topic = create_topic(broker, partitions=2)
    assert (first / f"{topic}-0").is_dir() and (second / f"{topic}-1").is_dir()
    filler = Filler(broker, topic)
    filler.send()
    away = tmp_path / "away"
    second.rename(away)
    second.write_text("a file where a directory was")
    wait_until(lambda: leaders(broker, topic) == [1, -1], 30, "the directory to be found missing")
    filler.send()
    assert stored(broker, topic) == filler.acknowledged and len(filler.acknowledged) == 2
    broker.kill()
    broker.start()
    assert leaders(broker, topic) == [1, -1], "nothing is made anew in another directory"
    broker.kill()
    second.unlink()
    away.rename(second)
    broker.start()
    assert leaders(broker, topic) == [1, 1]
    assert stored(broker, topic) == filler.acknowledged
    broker.stop()


def test_without_the_directory_of_the_metadata_the_broker_ends_with_one_line(tmp_path):
    broker, first, _ = two_directories(tmp_path)
    create_topic(broker, partitions=2)
    first.rename(tmp_path / "away")
    first.write_text("a file where a directory was")
    assert broker.process.wait(30) == 1
    critical = [line for line in broker.log_path.read_text().splitlines() if " critical " in line]
    assert len(critical) == 1
    assert f"The directory of the cluster's metadata, {first}, has failed: " in critical[0]


def test_a_read_only_disk_is_offline_from_the_start(tmp_path):
    disk = tmp_path / "second"
    mount(disk, "size=16m")
    try:
        broker, _, _ = two_directories(tmp_path)
        topic = create_topic(broker, partitions=2)
        broker.stop()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        broker.start()
        assert leaders(broker, topic) == [1, -1]
        Filler(broker, topic).send()
        broker.stop()
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        broker.start()
        assert leaders(broker, topic) == [1, 1]
        broker.stop()
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def limited_to(soft, hard):
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_the_limit_on_open_files_is_raised_as_far_as_it_may_be(tmp_path):
    broker = Broker(tmp_path, prepare=limited_to(256, 4096)).start()
    limits = open(f"/proc/{broker.process.pid}/limits").read()
    assert re.search(r"Max open files +4096 +4096 ", limits), limits
    broker.stop()


def test_too_many_open_files_keep_new_connections_waiting_and_nothing_else(tmp_path):
    broker = Broker(tmp_path, prepare=limited_to(120, 120)).start()
    topic = create_topic(broker)
    filler = Filler(broker, topic)
    filler.send()
    crowd = []
    host, port = broker.address.split(":")
    open_files = f"/proc/{broker.process.pid}/fd"
    for _ in range(120):
        # The system completes the handshakes of those that the broker cannot take.
        crowd.append(socket.create_connection((host, int(port)), 30))
    wait_until(lambda: len(os.listdir(open_files)) == 120, 30, "the limit to be reached")
    filler.send()
    assert not filler.errors and len(filler.acknowledged) == 2
    for connection in crowd:
        connection.close()
    assert stored(broker, topic) == filler.acknowledged
    broker.assert_alive()
    broker.stop()
