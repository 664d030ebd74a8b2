"""A file of many lines goes in and comes out unchanged, through each of five clients (make million: a million lines)."""

import asyncio
import hashlib
import random
import subprocess

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka import TopicPartition as AsyncTopicPartition
from kafka import KafkaConsumer, KafkaProducer
from kafka import TopicPartition as PythonTopicPartition

import test_confluent
from broker import EXECUTABLE
from conftest import create_topic
from records import COUNT
from test_kcat import kcat


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """Lines as logs have them: of many lengths, some with tabs, quotes, other scripts, and space at the end."""
    random_ = random.Random(11)
    words = ["GET", "/index.html", "200", "\"quoted\"", "tab\there", "Grüße", "燕子", "{\"a\":1}", "\\n", "%s", " "]
    path = tmp_path_factory.mktemp("lines") / "in"
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        for index in range(COUNT):
            file.write(f"{index} " + " ".join(random_.choices(words, k=random_.randrange(30))) + "\n")
    return path


def run(command, stdin=None, stdout=None, deadline=600):
    done = subprocess.run(command, stdin=stdin, stdout=stdout, stderr=subprocess.PIPE, timeout=deadline)
    assert done.returncode == 0, (command, done.stderr.decode(errors="replace"))


def with_martlet(broker, topic, source, target):
    with open(source, "rb") as stdin:
        run([EXECUTABLE, "produce", topic, "--bootstrap", broker.address], stdin=stdin, stdout=subprocess.DEVNULL)
    with open(target, "wb") as stdout:
        run([EXECUTABLE, "consume", topic, "--bootstrap", broker.address, "--from-beginning", "--max-messages",
             str(COUNT)], stdin=subprocess.DEVNULL, stdout=stdout)


def with_kcat(broker, topic, source, target):
    kcat(broker, "-P", "-t", topic, "-p", "0", "-l", str(source), deadline=600)
    target.write_bytes(kcat(broker, "-C", "-t", topic, "-o", "beginning", "-e", "-q", deadline=600))


def with_confluent(broker, topic, source, target):
    writer = test_confluent.producer(broker)
    with open(source, "rb") as file:
        for line in file:
            while True:
                try:
                    writer.produce(topic, line[:-1], partition=0)
                    break
                except BufferError:
                    writer.poll(0.1)
    assert writer.flush(120) == 0
    messages = test_confluent.read_to_end(test_confluent.consumer(broker, topic, [0]), 1, deadline=600)
    target.write_bytes(b"".join(message.value() + b"\n" for message in messages))


def with_kafka_python(broker, topic, source, target):
    writer = KafkaProducer(bootstrap_servers=broker.address, linger_ms=5)
    with open(source, "rb") as file:
        for line in file:
            writer.send(topic, line[:-1], partition=0)
    writer.flush(600)
    writer.close()
    reader = KafkaConsumer(
        bootstrap_servers=broker.address, group_id=None, auto_offset_reset="earliest", consumer_timeout_ms=60_000)
    reader.assign([PythonTopicPartition(topic, 0)])
    with open(target, "wb") as file:
        for number, message in enumerate(reader, 1):
            file.write(message.value + b"\n")
            if number == COUNT:
                break
    reader.close()


def with_aiokafka(broker, topic, source, target):
    async def move():
        writer = AIOKafkaProducer(bootstrap_servers=broker.address, linger_ms=5)
        await writer.start()
        with open(source, "rb") as file:
            for line in file:
                await writer.send(topic, line[:-1], partition=0)
        await writer.stop()
        reader = AIOKafkaConsumer(bootstrap_servers=broker.address, group_id=None, auto_offset_reset="earliest")
        await reader.start()
        reader.assign([AsyncTopicPartition(topic, 0)])
        number = 0
        with open(target, "wb") as file:
            while number < COUNT:
                for messages in (await reader.getmany(timeout_ms=1000, max_records=5000)).values():
                    number += len(messages)
                    file.writelines(message.value + b"\n" for message in messages)
        await reader.stop()

    asyncio.run(asyncio.wait_for(move(), 600))


@pytest.mark.parametrize("move", [with_martlet, with_kcat, with_confluent, with_kafka_python, with_aiokafka])
def test_a_file_goes_in_and_out_unchanged(broker, lines, tmp_path, move):
    topic, target = create_topic(broker, partitions=1), tmp_path / "out"
    move(broker, topic, lines, target)
    assert target.stat().st_size == lines.stat().st_size
    assert digest(target) == digest(lines)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
