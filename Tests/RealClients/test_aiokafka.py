"""aiokafka: asyncio."""

import asyncio

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from records import CODECS, COUNT, CREATE_TIME, PARTITIONS, Received, check, record

SHARE = COUNT // len(CODECS)


async def produce(broker, topic, indices, **settings):
    producer = AIOKafkaProducer(bootstrap_servers=broker.address, linger_ms=5, **settings)
    await producer.start()
    try:
        futures = []
        for index in indices:
            sent = record(index)
            futures.append(await producer.send(
                topic, sent.value, sent.key, timestamp_ms=sent.timestamp, headers=sent.headers))
        await producer.flush()
        return await asyncio.gather(*futures)
    finally:
        await producer.stop()


async def consumer(broker, topic, partitions=range(PARTITIONS), **settings):
    consumer = AIOKafkaConsumer(
        bootstrap_servers=broker.address, group_id=None, auto_offset_reset="earliest", **settings)
    await consumer.start()
    consumer.assign([TopicPartition(topic, partition) for partition in partitions])
    return consumer


async def read(broker, topic, count, partitions=range(PARTITIONS), **settings):
    reader = await consumer(broker, topic, partitions, **settings)
    try:
        messages = []
        while len(messages) < count:
            batches = await reader.getmany(timeout_ms=1000, max_records=5000)
            for batch in batches.values():
                messages += batch
        ends = await reader.end_offsets(list(reader.assignment()))
        assert sum(ends.values()) == count == len(messages)
        return messages
    finally:
        await reader.stop()


def received(message):
    assert message.timestamp_type == CREATE_TIME
    return Received(
        message.partition, message.offset, message.timestamp, message.key, message.value, message.headers)


def run(test, deadline=180):
    return asyncio.run(asyncio.wait_for(test, deadline))


@pytest.mark.parametrize("codec", CODECS)
def test_round_trip(broker, topic, codec):
    settings = {"compression_type": None if codec == "none" else codec, "enable_idempotence": codec != "lz4"}

    async def there_and_back():
        await produce(broker, topic, range(SHARE), **settings)
        return await read(broker, topic, SHARE)

    check(map(received, run(there_and_back())), SHARE)


@pytest.mark.parametrize("codec", CODECS)
def test_records_of_a_megabyte(broker, topic, codec):
    values = [b"%d" % index + b"martlet" * 142_000 for index in range(10)]

    async def there_and_back():
        producer = AIOKafkaProducer(
            bootstrap_servers=broker.address, compression_type=None if codec == "none" else codec)
        await producer.start()
        for value in values:
            await producer.send_and_wait(topic, value, partition=0)
        await producer.stop()
        return await read(broker, topic, len(values), [0], max_partition_fetch_bytes=1000)

    assert [message.value for message in run(there_and_back())] == values


def test_offsets_by_position_and_by_time(broker, topic):
    async def ask():
        await produce(broker, topic, range(2000))
        messages = await read(broker, topic, 2000)
        reader = await consumer(broker, topic)
        partitions = list(reader.assignment())
        beginnings, ends = await reader.beginning_offsets(partitions), await reader.end_offsets(partitions)
        middle = {message.partition: message for message in messages[:len(messages) // 2]}
        answers = await reader.offsets_for_times(
            {TopicPartition(topic, partition): message.timestamp for partition, message in middle.items()})
        await reader.stop()
        return messages, beginnings, ends, middle, answers

    messages, beginnings, ends, middle, answers = run(ask())
    assert set(beginnings.values()) == {0}
    for partition, end in ends.items():
        assert end == sum(message.partition == partition.partition for message in messages)
    for partition, answer in answers.items():
        message = middle[partition.partition]
        assert (answer.offset, answer.timestamp) == (message.offset, message.timestamp)
