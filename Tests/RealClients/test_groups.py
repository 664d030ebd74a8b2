"""Groups of the classic protocol, as each client's users meet them: join, share, commit, resume."""

import asyncio
import random
import subprocess
import threading

import aiokafka
import kafka
import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from broker import Broker, wait_until
from conftest import create_topic
from groups import KINDS, Process, fill, new_group, wait_for_assignment
from wire_groups import GroupConnection

pytestmark = pytest.mark.timeout(120)
BROKER_SETTINGS = {
    "group.min.session.timeout.ms": 1000, "group.initial.rebalance.delay.ms": 100, "offsets.topic.num.partitions": 4}
PARTITIONS = 4


@pytest.fixture
def own_broker(tmp_path):
    broker = Broker(tmp_path, BROKER_SETTINGS).start()
    yield broker
    broker.assert_alive()
    broker.stop()


def with_confluent(broker, topic, group, count):
    consumer = Consumer({
        "bootstrap.servers": broker.address, "group.id": group, "auto.offset.reset": "earliest",
        "enable.auto.commit": False})
    consumer.subscribe([topic])
    values = []
    while len(values) < count:
        for message in consumer.consume(1, 20):
            assert message.error() is None, message.error()
            values.append(message.value())
    consumer.commit(asynchronous=False)
    consumer.close()
    return values


def with_kafka_python(broker, topic, group, count):
    consumer = kafka.KafkaConsumer(
        topic, bootstrap_servers=broker.address, group_id=group, auto_offset_reset="earliest",
        enable_auto_commit=False)
    values = []
    while len(values) < count:
        for records in consumer.poll(timeout_ms=20_000, max_records=1).values():
            values += [record.value for record in records]
    consumer.commit()
    consumer.close(autocommit=False)
    return values


def with_aiokafka(broker, topic, group, count):
    async def consume():
        consumer = aiokafka.AIOKafkaConsumer(
            topic, bootstrap_servers=broker.address, group_id=group, auto_offset_reset="earliest",
            enable_auto_commit=False)
        await consumer.start()
        try:
            values = [(await consumer.getone()).value for _ in range(count)]
            await consumer.commit()
        finally:
            await consumer.stop()
        return values

    return asyncio.run(asyncio.wait_for(consume(), 60))


CLIENTS = {"confluent": with_confluent, "kafka-python": with_kafka_python, "aiokafka": with_aiokafka}


@pytest.mark.parametrize("client", KINDS)
def test_a_group_goes_on_where_it_committed(broker, topic, client):
    group, consume = new_group(), CLIENTS[client]
    fill(broker, topic, PARTITIONS, 25)
    values = consume(broker, topic, group, 60)
    values += consume(broker, topic, group, 30)
    # The next of the same group may be another client.
    values += CLIENTS[KINDS[KINDS.index(client) - 1]](broker, topic, group, 10)
    assert sorted(values) == sorted(b"%d %d" % (partition, number) for partition in range(4) for number in range(25))
    assert len(consume(broker, topic, new_group(), 100)) == 100, "another group starts anew"


@pytest.mark.parametrize("client", KINDS)
def test_a_group_goes_on_behind_a_killed_broker(own_broker, client):
    topic, group, consume = create_topic(own_broker, PARTITIONS), new_group(), CLIENTS[client]
    fill(own_broker, topic, PARTITIONS, 25)
    values = consume(own_broker, topic, group, 60)
    own_broker.kill()
    own_broker.start()
    values += consume(own_broker, topic, group, 40)
    assert len(set(values)) == len(values) == 100


@pytest.mark.parametrize("client", KINDS)
def test_members_live_through_a_kill_of_the_broker(own_broker, tmp_path, client):
    topic, group = create_topic(own_broker, PARTITIONS), new_group()
    with Process(client, own_broker, group, topic, tmp_path) as first, \
            Process(client, own_broker, group, topic, tmp_path) as second:
        members = [first, second]
        wait_for_assignment(members, PARTITIONS)
        for round_ in range(2):
            fill(own_broker, topic, PARTITIONS, 10, first=10 * round_)
            wait_for_records(members, own_broker, topic, 10 * (round_ + 1))
            own_broker.kill()
            own_broker.start()
        fill(own_broker, topic, PARTITIONS, 10, first=20)
        wait_for_records(members, own_broker, topic, 30)
        wait_for_assignment(members, PARTITIONS)
        first.stop()
        second.stop()


def wait_for_records(processes, broker, topic, each, deadline=40):
    wanted = {(topic, partition, offset) for partition in range(PARTITIONS) for offset in range(each)}

    def seen():
        return wanted <= {record for process in processes for record in process.look().records}

    wait_until(seen, deadline, "the records")


@pytest.mark.parametrize("client", KINDS)
def test_members_share_the_partitions(broker, topic, tmp_path, client):
    group = new_group()
    fill(broker, topic, PARTITIONS, 10)
    with Process(client, broker, group, topic, tmp_path) as first, \
            Process(client, broker, group, topic, tmp_path) as second, \
            Process(client, broker, group, topic, tmp_path, count=2) as more:
        wait_for_assignment([first, second, more], PARTITIONS)
        assert sorted(map(len, more.assignments.values())) == [1, 1], "four members, four partitions"
        # One goes well, one is killed: the others take over.
        first.stop()
        wait_for_assignment([second, more], PARTITIONS)
        second.kill()
        wait_for_assignment([more], PARTITIONS)
        fill(broker, topic, PARTITIONS, 10, first=10)
        wait_for_records([first, second, more], broker, topic, 20)
        more.say("swap")
        wait_until(lambda: more.look().left, 30, "a member that leaves")
        wait_for_assignment([more], PARTITIONS)
        more.stop()
        assert committed(broker, group, topic) == [20] * PARTITIONS


def committed(broker, group, topic):
    with GroupConnection(broker) as connection:
        answers = connection.committed(group, topic, range(PARTITIONS))
    return [answers[partition][0] for partition in range(PARTITIONS)]


@pytest.mark.parametrize("client", KINDS)
def test_a_static_member_returns_without_a_rebalance(broker, topic, tmp_path, client):
    group = new_group()
    with Process(client, broker, group, topic, tmp_path, instance="one") as one, \
            Process(client, broker, group, topic, tmp_path, instance="two") as two:
        wait_for_assignment([one, two], PARTITIONS)
        before, (owned,) = list(two.events), map(set, one.assignments.values())
        for _ in range(2):
            one.kill()
            one = Process(client, broker, group, topic, tmp_path, instance="one")
            wait_for_assignment([one, two], PARTITIONS, deadline=20)
            assert list(one.assignments.values()) == [owned]
        assert two.look().events == before, "the other member noticed nothing"
        # Dead for longer than its session, it is replaced.
        one.kill()
        wait_for_assignment([two], PARTITIONS)
        two.stop()


def test_a_second_member_of_the_same_instance_fences_the_first(broker, topic, tmp_path):
    group = new_group()
    with Process("confluent", broker, group, topic, tmp_path, instance="one") as first:
        wait_for_assignment([first], PARTITIONS)
        with Process("confluent", broker, group, topic, tmp_path, instance="one") as second:
            wait_until(lambda: first.look().failed, 30, "the first member's end")
            assert "fenced" in str(first.failed)
            wait_for_assignment([second], PARTITIONS)
            second.stop()


def test_cooperative_members_keep_what_they_have(broker, topic, tmp_path):
    group, options = new_group(), {"strategy": "cooperative-sticky"}
    fill(broker, topic, PARTITIONS, 10)
    with Process("confluent", broker, group, topic, tmp_path, **options) as first:
        wait_for_assignment([first], PARTITIONS)
        with Process("confluent", broker, group, topic, tmp_path, **options) as second:
            wait_for_assignment([first, second], PARTITIONS)
            revoked = [partitions for kind, _, partitions in first.events if kind == "revoked" and partitions]
            assert [len(partitions) for partitions in revoked] == [2], "it gave up two, once"
            second.stop()
        wait_for_assignment([first], PARTITIONS)
        assert sum(len(partitions) for kind, _, partitions in first.events if kind == "revoked") == 2
        wait_for_records([first, second], broker, topic, 10)
        first.stop()


def test_a_pattern_finds_new_topics(broker, tmp_path):
    prefix = f"pattern-{new_group()}"
    consumer = Consumer({
        "bootstrap.servers": broker.address, "group.id": new_group(), "auto.offset.reset": "earliest",
        "topic.metadata.refresh.interval.ms": 300, "metadata.max.age.ms": 1000})
    assigned = set()
    consumer.subscribe([f"^{prefix}-.*"], on_assign=lambda _, added: assigned.update(at.topic for at in added))
    kafka_admin = kafka.KafkaAdminClient(bootstrap_servers=broker.address)
    for number in range(2):
        name = f"{prefix}-{number}"
        kafka_admin.create_topics({name: {"num_partitions": 1, "replication_factor": 1}})
        wait_until(lambda: [consumer.poll(0.1)] and name in assigned, 40, f"{name} to be assigned")
    kafka_admin.close()
    consumer.close()


def test_metadata_comes_back_as_it_was_committed(broker, topic):
    # (confluent-kafka sends a zero byte more than the text has.)
    texts = ["", "plain", "Grüße, 世界 🐦", "x" * 4000]
    group = new_group()
    consumer = Consumer({"bootstrap.servers": broker.address, "group.id": group})
    consumer.commit(offsets=[
        TopicPartition(topic, number, 100 + number, metadata=text) for number, text in enumerate(texts)],
        asynchronous=False)
    got = consumer.committed([TopicPartition(topic, number) for number in range(4)], timeout=20)
    assert [(at.offset, at.metadata or "") for at in got] == [(100 + n, text) for n, text in enumerate(texts)]
    consumer.close()

    consumer = kafka.KafkaConsumer(bootstrap_servers=broker.address, group_id=group, enable_auto_commit=False)
    got = [consumer.committed(kafka.TopicPartition(topic, number), metadata=True) for number in range(4)]
    assert [(at.offset, at.metadata.rstrip("\0")) for at in got] == [(100 + n, text) for n, text in enumerate(texts)]
    consumer.commit({kafka.TopicPartition(topic, 0): kafka.OffsetAndMetadata(7, "seven", -1)})
    consumer.close(autocommit=False)

    async def once_more():
        consumer = aiokafka.AIOKafkaConsumer(
            bootstrap_servers=broker.address, group_id=group, enable_auto_commit=False)
        await consumer.start()
        consumer.assign([aiokafka.TopicPartition(topic, 0), aiokafka.TopicPartition(topic, 1)])
        await consumer.commit({aiokafka.TopicPartition(topic, 1): (8, "acht")})
        offsets = [await consumer.committed(aiokafka.TopicPartition(topic, number)) for number in (0, 1)]
        await consumer.stop()
        return offsets

    assert asyncio.run(asyncio.wait_for(once_more(), 60)) == [7, 8]
    with GroupConnection(broker) as connection:
        answers = connection.committed(group, topic, range(4))
    assert answers[0] == (7, "seven", 0) and answers[1] == (8, "acht", 0) and answers[3][0] == 103


def test_what_was_answered_as_committed_is_there_after_a_kill(own_broker):
    """Many groups commit at once; the broker is killed in the midst, again and again."""
    topic, groups, random_ = create_topic(own_broker, PARTITIONS), [new_group() for _ in range(8)], random.Random(3)
    answered = {group: 0 for group in groups}
    for _ in range(4):
        goal, ended = sum(answered.values()) + random_.randrange(50, 400), threading.Event()

        def commit(group):
            with GroupConnection(own_broker) as connection:
                while not ended.is_set():
                    offset = answered[group] + 1
                    try:
                        errors = connection.commit(group, topic, dict.fromkeys(range(PARTITIONS), offset))
                    except (AssertionError, OSError):
                        return
                    if set(errors.values()) == {0}:
                        answered[group] = offset

        threads = [threading.Thread(target=commit, args=(group,)) for group in groups]
        for thread in threads:
            thread.start()
        wait_until(lambda: sum(answered.values()) >= goal, 30, "commits")
        own_broker.kill()
        ended.set()
        for thread in threads:
            thread.join(30)
        own_broker.start()
        for group in groups:
            stored = wait_for_committed(own_broker, group, topic)
            assert all(answered[group] <= offset <= answered[group] + 1 for offset in stored), (answered, stored)
            answered[group] = max(stored)


def wait_for_committed(broker, group, topic):
    """The coordinator may still be loading."""
    answers = {}

    def told():
        with GroupConnection(broker) as connection:
            got = connection.committed(group, topic, range(PARTITIONS))
        answers.update(got if isinstance(got, dict) else {})
        return isinstance(got, dict) and {error for _, _, error in got.values()} == {0}

    wait_until(told, 30, "committed offsets")
    return [offset for offset, _, _ in answers.values()]


def test_offsets_end_with_their_topic(broker):
    topic, group = create_topic(broker, PARTITIONS), new_group()
    with GroupConnection(broker) as connection:
        assert set(connection.commit(group, topic, {0: 5, 1: 6}).values()) == {0}
        admin = kafka.KafkaAdminClient(bootstrap_servers=broker.address)
        admin.delete_topics([topic])
        admin.create_topics({topic: {"num_partitions": 4, "replication_factor": 1}})
        admin.close()
        wait_until(lambda: connection.committed(group, topic, [0])[0][0] == -1, 10, "the offset to be gone")


def test_auto_commit_commits_when_a_consumer_closes(broker, topic):
    group = new_group()
    fill(broker, topic, PARTITIONS, 5)
    consumer = Consumer({
        "bootstrap.servers": broker.address, "group.id": group, "auto.offset.reset": "earliest",
        "auto.commit.interval.ms": 60_000})
    consumer.subscribe([topic])
    assert len([message for _ in range(20) for message in consumer.consume(1, 20)]) == 20
    consumer.close()
    assert committed(broker, group, topic) == [5] * PARTITIONS


def test_a_consumer_outside_of_a_group_s_members_may_not_commit(broker, topic, tmp_path):
    group = new_group()
    with Process("confluent", broker, group, topic, tmp_path) as member:
        wait_for_assignment([member], PARTITIONS)
        outsider = Consumer({"bootstrap.servers": broker.address, "group.id": group})
        with pytest.raises(KafkaException) as refused:
            outsider.commit(offsets=[TopicPartition(topic, 0, 3)], asynchronous=False)
        assert refused.value.args[0].code() == KafkaError.UNKNOWN_MEMBER_ID
        outsider.close()
        member.stop()


def test_kcat_balances(broker, topic):
    group = new_group()
    fill(broker, topic, PARTITIONS, 25)
    command = ["kcat", "-b", broker.address, "-G", group, "-X", "auto.offset.reset=earliest", "-c", "60",
               "-f", "%p %o\n", "-q", topic]
    first = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=True)
    command[command.index("60")] = "40"
    second = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, check=True)
    lines = first.stdout.splitlines() + second.stdout.splitlines()
    assert sorted(lines) == sorted(b"%d %d" % (partition, offset) for partition in range(4) for offset in range(25))
