"""KIP-848: groups whose assignments the broker makes."""

import random
import struct
import uuid

import pytest
from confluent_kafka import Consumer, ConsumerGroupState, ConsumerGroupType, KafkaError, TopicPartition
from confluent_kafka import TopicCollection
from confluent_kafka.admin import AdminClient

from broker import Broker, wait_until
from conftest import create_topic
from groups import KINDS, Process, fill, new_group, wait_for_assignment
from test_group_admin import group_offsets, listed, outcome
from test_groups import committed, wait_for_records
from test_hostile_bytes import MEBIBYTE
from wire import Connection, frame, header
from wire_groups import CONSUMER_HEARTBEAT, ConsumerConnection, compact

pytestmark = pytest.mark.timeout(120)
BROKER_SETTINGS = {
    "group.min.session.timeout.ms": 1000, "group.initial.rebalance.delay.ms": 100, "offsets.topic.num.partitions": 4,
    "group.consumer.min.heartbeat.interval.ms": 100, "group.consumer.heartbeat.interval.ms": 200,
    "group.consumer.min.session.timeout.ms": 1000, "group.consumer.session.timeout.ms": 3000}
PARTITIONS = 4
CONSUMER = {"protocol": "consumer"}

NONE, INVALID_REQUEST, INVALID_GROUP_ID, UNKNOWN_MEMBER_ID, UNSUPPORTED_VERSION = 0, 42, 24, 25, 35
FENCED_MEMBER_EPOCH, UNRELEASED_INSTANCE_ID, UNSUPPORTED_ASSIGNOR = 110, 111, 112
STALE_MEMBER_EPOCH, INVALID_REGULAR_EXPRESSION = 113, 128


@pytest.fixture
def own_broker(tmp_path):
    broker = Broker(tmp_path, BROKER_SETTINGS).start()
    yield broker
    broker.assert_alive()
    broker.stop()


@pytest.fixture(scope="module")
def admin(broker):
    return AdminClient({"bootstrap.servers": broker.address})


def test_members_share_the_partitions(broker, topic, tmp_path, admin):
    group = new_group()
    fill(broker, topic, PARTITIONS, 10)
    with Process("confluent", broker, group, topic, tmp_path, **CONSUMER) as first:
        wait_for_assignment([first], PARTITIONS)
        with Process("confluent", broker, group, topic, tmp_path, **CONSUMER) as second, \
                Process("confluent", broker, group, topic, tmp_path, count=2, **CONSUMER) as more:
            wait_for_assignment([first, second, more], PARTITIONS)
            revoked = [parts for kind, _, parts in first.events if kind == "revoked" and parts]
            assert sum(map(len, revoked)) == 3, "one of four is kept all the while"
            described = outcome(admin.describe_consumer_groups([group]))
            assert described.state == ConsumerGroupState.STABLE and described.type == ConsumerGroupType.CONSUMER
            assert described.partition_assignor == "uniform" and len(described.members) == 4
            assert [len(member.assignment.topic_partitions) for member in described.members] == [1] * 4
            assert [len(member.target_assignment.topic_partitions) for member in described.members] == [1] * 4
            assert listed(admin)[group].type == ConsumerGroupType.CONSUMER
            assert outcome(admin.delete_consumer_groups([group])) == KafkaError.NON_EMPTY_GROUP

            second.kill()
            wait_for_assignment([first, more], PARTITIONS)
            fill(broker, topic, PARTITIONS, 10, first=10)
            wait_for_records([first, second, more], broker, topic, 20)
            more.stop()
        wait_for_assignment([first], PARTITIONS)
        first.stop()
    assert committed(broker, group, topic) == [20] * PARTITIONS
    assert {at.offset for at in group_offsets(admin, group).values()} == {20}
    assert listed(admin)[group].state == ConsumerGroupState.EMPTY
    assert outcome(admin.delete_consumer_groups([group])) is None
    assert group not in listed(admin)


def test_members_live_through_a_kill_of_the_broker(own_broker, tmp_path):
    topic, group = create_topic(own_broker, PARTITIONS), new_group()
    with Process("confluent", own_broker, group, topic, tmp_path, **CONSUMER) as first, \
            Process("confluent", own_broker, group, topic, tmp_path, **CONSUMER) as second:
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


def test_a_static_member_returns_to_its_partitions(broker, topic, tmp_path):
    group = new_group()
    with Process("confluent", broker, group, topic, tmp_path, instance="one", **CONSUMER) as one, \
            Process("confluent", broker, group, topic, tmp_path, instance="two", **CONSUMER) as two:
        wait_for_assignment([one, two], PARTITIONS)
        before, (owned,) = list(two.events), map(set, one.assignments.values())
        # A static member that closes says that it will be back.
        one.stop()
        one = Process("confluent", broker, group, topic, tmp_path, instance="one", **CONSUMER)
        wait_for_assignment([one, two], PARTITIONS, deadline=20)
        assert list(one.assignments.values()) == [owned] and two.look().events == before
        one.stop()
        # Away for longer than its session, it is replaced.
        wait_for_assignment([two], PARTITIONS)
        two.stop()


def test_a_pattern_finds_new_topics(broker, admin):
    prefix, assigned = f"regex-{new_group()}", set()
    topics = [create_topic_named(admin, f"{prefix}-0")]
    create_topic_named(admin, f"not-{prefix}-0")
    consumer = Consumer({
        "bootstrap.servers": broker.address, "group.id": new_group(), "group.protocol": "consumer",
        "topic.metadata.refresh.interval.ms": 300})

    def changed(_, partitions):
        assigned.update(at.topic for at in partitions)

    consumer.subscribe([f"^{prefix}-[0-9]+"], on_assign=changed)
    wait_until(lambda: [consumer.poll(0.1)] and assigned == set(topics), 40, "the first topic")
    topics.append(create_topic_named(admin, f"{prefix}-1"))
    wait_until(lambda: [consumer.poll(0.1)] and assigned == set(topics), 40, "the second topic")
    consumer.close()


def create_topic_named(admin, name):
    from confluent_kafka.admin import NewTopic
    assert outcome(admin.create_topics([NewTopic(name, 1, 1)])) is None
    return name


def test_commits_and_their_metadata(broker, topic):
    group = new_group()
    fill(broker, topic, PARTITIONS, 5)
    settings = {
        "bootstrap.servers": broker.address, "group.id": group, "group.protocol": "consumer",
        "auto.offset.reset": "earliest", "enable.auto.commit": False}
    consumer = Consumer(settings)
    consumer.subscribe([topic])
    assert len([message for _ in range(20) for message in consumer.consume(1, 20)]) == 20
    consumer.commit(offsets=[
        TopicPartition(topic, number, 2 + number, metadata=f"note {number}") for number in range(4)],
        asynchronous=False)
    got = consumer.committed([TopicPartition(topic, number) for number in range(4)], timeout=20)
    assert [(at.offset, at.metadata) for at in got] == [(2 + number, f"note {number}") for number in range(4)]
    consumer.close()
    consumer = Consumer(settings)
    consumer.subscribe([topic])
    again = [message for _ in range(20 - 2 - 3 - 4 - 5) for message in consumer.consume(1, 20)]
    assert min(message.offset() for message in again) == 2 and len(again) == 6
    consumer.close()


def test_a_group_moves_to_the_new_protocol_and_back_while_it_works(broker, topic, tmp_path, admin):
    """KIP-848's online migration (group.consumer.migration.policy=bidirectional, the default)."""
    group, options = new_group(), {"strategy": "range"}
    fill(broker, topic, PARTITIONS, 10)
    with Process("confluent", broker, group, topic, tmp_path, **options) as one, \
            Process("confluent", broker, group, topic, tmp_path, **options) as two:
        wait_for_assignment([one, two], PARTITIONS)
        assert listed(admin)[group].type == ConsumerGroupType.CLASSIC
        with Process("confluent", broker, group, topic, tmp_path, **CONSUMER) as new:
            wait_for_assignment([one, two, new], PARTITIONS)
            assert listed(admin)[group].type == ConsumerGroupType.CONSUMER
            wait_for_records([one, two, new], broker, topic, 10)
            one.stop()
            wait_for_assignment([two, new], PARTITIONS)
            fill(broker, topic, PARTITIONS, 10, first=10)
            wait_for_records([one, two, new], broker, topic, 20)
            # Back: the last member of the new protocol leaves, one of the old is still there.
            new.stop()
            wait_for_assignment([two], PARTITIONS)
            wait_until(lambda: listed(admin)[group].type == ConsumerGroupType.CLASSIC, 20, "a classic group")
        fill(broker, topic, PARTITIONS, 10, first=20)
        wait_for_records([one, two, new], broker, topic, 30)
        two.stop()
    assert committed(broker, group, topic) == [30] * PARTITIONS


@pytest.mark.parametrize("client", KINDS)
def test_a_group_of_both_protocols_lives_through_a_kill_of_the_broker(own_broker, tmp_path, client):
    topic, group = create_topic(own_broker, PARTITIONS), new_group()
    with Process(client, own_broker, group, topic, tmp_path) as old, \
            Process("confluent", own_broker, group, topic, tmp_path, **CONSUMER) as new:
        members, count = [old, new], 0
        wait_for_assignment(members, PARTITIONS)

        def work_around_a_kill():
            nonlocal count
            own_broker.kill()
            own_broker.start()
            fill(own_broker, topic, PARTITIONS, 10, first=count)
            count += 10
            wait_for_records([old, new], own_broker, topic, count)
            wait_for_assignment(members, PARTITIONS)

        work_around_a_kill()
        work_around_a_kill()
        # Back to the classic protocol, and again.
        new.stop()
        members.remove(new)
        wait_for_assignment(members, PARTITIONS)
        work_around_a_kill()
        old.stop()
        wait_until(lambda: committed(own_broker, group, topic) == [count] * PARTITIONS, 20, "the last commits")


def test_an_empty_group_changes_its_protocol(broker, topic, tmp_path, admin):
    group = new_group()
    for round_, (options, kind) in enumerate([
            ({}, ConsumerGroupType.CLASSIC), (CONSUMER, ConsumerGroupType.CONSUMER), ({}, ConsumerGroupType.CLASSIC)]):
        fill(broker, topic, PARTITIONS, 5, first=5 * round_)
        with Process("confluent", broker, group, topic, tmp_path, **options) as member:
            wait_for_assignment([member], PARTITIONS)
            assert listed(admin)[group].type == kind
            wait_until(lambda: len(member.look().records) >= 20, 30, "this round's records, not those before")
            member.stop()
            assert {offset // 5 for _, _, offset in member.records} == {round_}
        assert committed(broker, group, topic) == [5 * (round_ + 1)] * PARTITIONS


# Over raw sockets.

@pytest.fixture
def connection(broker):
    with ConsumerConnection(broker) as connection:
        yield connection


def member_id():
    return str(uuid.uuid4())


def joined(connection, topic, group, member=None, **settings):
    member = member or member_id()
    answer = connection.heartbeat_848(group, member, 0, [topic], owned={}, rebalance=30_000, **settings)
    assert answer.error == NONE and answer.member == member and answer.epoch >= 1 and answer.interval == 200
    return answer


def test_a_member_s_life(connection, topic, admin):
    group = new_group()
    first = joined(connection, topic, group)
    ((topic_id, partitions),) = first.assignment.items()
    assert sorted(partitions) == [0, 1, 2, 3]
    described = outcome(admin.describe_topics(TopicCollection([topic])))
    assert uuid.UUID(int=0) != topic_id and str(described.topic_id) is not None
    again = connection.heartbeat_848(group, first.member, first.epoch, owned=first.assignment)
    assert (again.error, again.epoch, again.assignment) == (NONE, first.epoch, None), "nothing has changed"
    assert connection.commit_848(group, topic, {0: 4}, first.epoch, first.member) == {0: NONE}
    left = connection.heartbeat_848(group, first.member, -1)
    assert (left.error, left.epoch) == (NONE, -1)
    assert connection.heartbeat_848(group, first.member, first.epoch).error == UNKNOWN_MEMBER_ID
    assert connection.committed(group, topic, [0])[0] == (4, "", NONE)


def test_wrong_members_and_epochs(connection, topic):
    group = new_group()
    member = joined(connection, topic, group)
    for stranger, epoch, code in [
            (member_id(), member.epoch, UNKNOWN_MEMBER_ID), (member_id(), -1, UNKNOWN_MEMBER_ID),
            (member.member, member.epoch + 1, FENCED_MEMBER_EPOCH),
            (member.member, member.epoch + 1000, FENCED_MEMBER_EPOCH)]:
        assert connection.heartbeat_848(group, stranger, epoch, owned={}).error == code, (stranger, epoch)
    assert connection.commit_848(group, topic, {0: 4}, member.epoch, "nobody") == {0: UNKNOWN_MEMBER_ID}
    assert connection.commit_848(group, topic, {0: 4}, member.epoch + 1, member.member) == {0: STALE_MEMBER_EPOCH}
    assert connection.commit_848(group, topic, {0: 4}, -1, "") == {0: UNKNOWN_MEMBER_ID}
    assert connection.commit(group, topic, {0: 4}, member.epoch, member.member) == {0: UNSUPPORTED_VERSION}, "too old"
    assert connection.committed(group, topic, [0])[0][0] == -1
    assert connection.heartbeat_848(group, member.member, member.epoch, owned=member.assignment).error == NONE


def test_requests_that_make_no_sense(connection, topic):
    group, member = new_group(), member_id()
    ask = connection.heartbeat_848
    assert ask("", member, 0, [topic], owned={}, rebalance=1000).error in (INVALID_REQUEST, INVALID_GROUP_ID)
    assert ask(group, "", 0, [topic], owned={}, rebalance=1000).error == INVALID_REQUEST
    assert ask(group, member, 0, [topic], owned={}, rebalance=-1).error == INVALID_REQUEST
    assert ask(group, member, 0, owned={}, rebalance=1000).error == INVALID_REQUEST, "no subscription"
    assert ask(group, member, 0, [topic], rebalance=1000).error == INVALID_REQUEST, "owned partitions must be empty"
    assert ask(group, member, 0, [topic], owned={uuid.uuid4(): [0]}, rebalance=1000).error == INVALID_REQUEST
    assert ask(group, member, 0, [topic], owned={}, rebalance=1000, instance="").error == INVALID_REQUEST
    assert ask(group, member, -3, [topic], owned={}, rebalance=1000).error == INVALID_REQUEST
    assert ask(group, member, -2, [topic], owned={}, rebalance=1000).error == INVALID_REQUEST, "no instance id"
    assert ask(group, member, 0, [topic], owned={}, rebalance=1000, assignor="none").error == UNSUPPORTED_ASSIGNOR
    assert ask(group, member, 0, [topic], owned={}, rebalance=1000, assignor="").error == UNSUPPORTED_ASSIGNOR


@pytest.mark.parametrize("expression", ["(", "[a-", "*", "a{2,1}", "(?<name>x", "\\"])
def test_invalid_expressions(connection, expression):
    answer = connection.heartbeat_848(new_group(), member_id(), 0, regex=expression, owned={}, rebalance=1000)
    assert answer.error == INVALID_REGULAR_EXPRESSION and answer.message


def test_expressions_that_blow_up_elsewhere(connection, topic, broker):
    """Linear time, whatever the expression: others go on meanwhile."""
    group = new_group()
    bystander = joined(connection, topic, group)
    for expression in ["(a+)+$", "(a|aa)+$", "(.*)*x", "((((((((((x?)*)*)*)*)*)*)*)*)*)*", "a" * 10_000,
                       "(a{1000}){1000}", "(x{100}){100}"]:
        with ConsumerConnection(broker) as other:
            answer = other.heartbeat_848(new_group(), member_id(), 0, regex=expression, owned={}, rebalance=1000)
            assert answer.error in (NONE, INVALID_REGULAR_EXPRESSION)
        assert connection.heartbeat_848(group, bystander.member, bystander.epoch, owned=bystander.assignment).error == 0
    assert broker.resident_bytes() < 128 * MEBIBYTE


def test_an_expression_finds_topics(connection, topic, admin):
    group, member = new_group(), member_id()
    answer = connection.heartbeat_848(group, member, 0, regex=f"{topic}|no-such-.*", owned={}, rebalance=1000)
    assert answer.error == NONE
    epoch, assignment = answer.epoch, answer.assignment

    def assigned():
        nonlocal epoch, assignment
        again = connection.heartbeat_848(group, member, epoch)
        assert again.error == NONE
        epoch, assignment = again.epoch, again.assignment or assignment
        return assignment and sorted(sum(assignment.values(), [])) == [0, 1, 2, 3]

    wait_until(assigned, 20, "the topic's partitions")
    connection.heartbeat_848(group, member, -1)


def test_static_members_over_the_wire(connection, topic):
    group = new_group()
    first = joined(connection, topic, group, instance="one")
    # It lives: nobody else may take its place.
    taken = connection.heartbeat_848(group, member_id(), 0, [topic], owned={}, rebalance=30_000, instance="one")
    assert taken.error == UNRELEASED_INSTANCE_ID
    gone = connection.heartbeat_848(group, first.member, -2, instance="one")
    assert (gone.error, gone.epoch) == (NONE, -2)
    second = joined(connection, topic, group, instance="one")
    assert second.assignment == first.assignment and second.member != first.member
    assert connection.heartbeat_848(group, second.member, -1, instance="one").error == NONE


def test_thousands_of_members_from_one_address(broker, topic):
    """Each of them is a member at once, and a group of a thousand is not the end."""
    group, before = new_group(), broker.resident_bytes()
    with ConsumerConnection(broker) as connection:
        members = [joined(connection, topic, group) for _ in range(1000)]
        assert broker.resident_bytes() < before + 128 * MEBIBYTE
        for member in members:
            connection.heartbeat_848(group, member.member, -1)
        last = joined(connection, topic, group)
        assert sorted(sum(last.assignment.values(), [])) == [0, 1, 2, 3]
        connection.heartbeat_848(group, last.member, -1)


def test_garbage(broker, connection, topic):
    random_, group = random.Random(17), new_group()
    member = joined(connection, topic, group)
    for version in (0, 1):
        for size in (0, 1, 10, 100, 1000):
            with Connection(broker) as other:
                body = b"\0" + compact(group) + compact(member_id()) + random_.randbytes(size)
                other.send(frame(header(CONSUMER_HEARTBEAT, version) + body) + struct.pack(">i", -1))
                assert other.is_closed_by_broker()
    assert connection.heartbeat_848(group, member.member, member.epoch, owned=member.assignment).error in (
        NONE, FENCED_MEMBER_EPOCH)
