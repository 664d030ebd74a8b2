"""Groups through the admin clients of confluent-kafka and kafka-python."""

import pytest
from confluent_kafka import ConsumerGroupState, ConsumerGroupTopicPartitions, ConsumerGroupType, KafkaError
from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient
from kafka import KafkaAdminClient, OffsetAndMetadata
from kafka import TopicPartition as PythonTopicPartition
from kafka.admin import MemberToRemove
from kafka.errors import GroupIdNotFoundError, GroupSubscribedToTopicError, NoError

from broker import wait_until
from groups import Process, new_group, wait_for_assignment
from wire_groups import GroupConnection

pytestmark = pytest.mark.timeout(90)
BROKER_SETTINGS = {
    "group.min.session.timeout.ms": 1000, "group.initial.rebalance.delay.ms": 100, "offsets.topic.num.partitions": 4}


@pytest.fixture(scope="module")
def admin(broker):
    return AdminClient({"bootstrap.servers": broker.address})


@pytest.fixture(scope="module")
def python_admin(broker):
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    yield admin
    admin.close()


@pytest.fixture
def members(broker, topic, tmp_path):
    """A process with two members of a group."""
    with Process("confluent", broker, new_group(), topic, tmp_path, count=2) as process:
        wait_for_assignment([process], 4)
        yield process


@pytest.fixture
def offsets(broker, topic):
    """A group without members: two offsets."""
    group = new_group()
    with GroupConnection(broker) as connection:
        assert set(connection.commit(group, topic, {0: 10, 1: 11}, metadata="noted").values()) == {0}
    return group


def outcome(futures):
    (future,) = futures.values()
    try:
        return future.result(30)
    except KafkaException as error:
        return error.args[0].code()


def listed(admin, **filters):
    result = admin.list_consumer_groups(request_timeout=30, **filters).result(30)
    assert result.errors == []
    return {group.group_id: group for group in result.valid}


def test_groups_are_listed(admin, members, offsets):
    groups = listed(admin)
    assert groups[members.group].state == ConsumerGroupState.STABLE
    assert groups[members.group].type == ConsumerGroupType.CLASSIC
    assert groups[offsets].state == ConsumerGroupState.EMPTY and groups[offsets].is_simple_consumer_group
    stable = listed(admin, states={ConsumerGroupState.STABLE})
    assert members.group in stable and offsets not in stable
    assert offsets in listed(admin, states={ConsumerGroupState.EMPTY})
    assert members.group in listed(admin, types={ConsumerGroupType.CLASSIC})
    assert listed(admin, types={ConsumerGroupType.CONSUMER}) == {}


def test_groups_are_described(admin, members, topic):
    described = outcome(admin.describe_consumer_groups([members.group]))
    assert described.state == ConsumerGroupState.STABLE and described.type == ConsumerGroupType.CLASSIC
    assert described.partition_assignor == "range" and not described.is_simple_consumer_group
    assert {member.client_id for member in described.members} == set(members.assignments)
    for member in described.members:
        assert member.host in ("127.0.0.1", "/127.0.0.1") and member.member_id.startswith(member.client_id + "-")
        owned = {(at.topic, at.partition) for at in member.assignment.topic_partitions}
        assert owned == members.assignments[member.client_id]
    gone = outcome(admin.describe_consumer_groups(["no-such-group"]))
    assert gone == KafkaError.GROUP_ID_NOT_FOUND or gone.state == ConsumerGroupState.DEAD


def group_offsets(admin, group, partitions=None):
    result = outcome(admin.list_consumer_group_offsets([ConsumerGroupTopicPartitions(group, partitions)]))
    return {at.partition: at for at in result.topic_partitions}


def test_offsets_are_listed_and_altered(admin, offsets, topic, members):
    got = group_offsets(admin, offsets)
    # (confluent-kafka gives back a byte behind the text.)
    assert {number: (at.topic, at.offset, at.metadata[:5]) for number, at in got.items()} == {
        0: (topic, 10, "noted"), 1: (topic, 11, "noted")}
    assert group_offsets(admin, offsets, [TopicPartition(topic, 3)])[3].offset < 0
    changes = ConsumerGroupTopicPartitions(offsets, [TopicPartition(topic, 0, 3), TopicPartition(topic, 2, 4)])
    altered = outcome(admin.alter_consumer_group_offsets([changes]))
    assert [at.error for at in altered.topic_partitions] == [None, None]
    assert {number: at.offset for number, at in group_offsets(admin, offsets).items()} == {0: 3, 1: 11, 2: 4}
    # Whose group has members may not be altered from outside.
    changes = ConsumerGroupTopicPartitions(members.group, [TopicPartition(topic, 0, 3)])
    refused = outcome(admin.alter_consumer_group_offsets([changes]))
    codes = refused if isinstance(refused, int) else refused.topic_partitions[0].error.code()
    assert codes == KafkaError.UNKNOWN_MEMBER_ID
    assert group_offsets(admin, "no-such-group") == {}


def test_groups_are_deleted(admin, offsets, members, broker, topic):
    assert outcome(admin.delete_consumer_groups([members.group])) == KafkaError.NON_EMPTY_GROUP
    assert outcome(admin.delete_consumer_groups(["no-such-group"])) == KafkaError.GROUP_ID_NOT_FOUND
    assert outcome(admin.delete_consumer_groups([offsets])) is None
    assert offsets not in listed(admin) and group_offsets(admin, offsets) == {}
    assert outcome(admin.delete_consumer_groups([offsets])) == KafkaError.GROUP_ID_NOT_FOUND
    members.stop()
    assert outcome(admin.delete_consumer_groups([members.group])) is None
    assert members.group not in listed(admin)


def test_groups_with_kafka_python(python_admin, members, offsets, topic):
    groups = {group["group_id"]: group for group in python_admin.list_groups()}
    assert groups[members.group]["group_state"] == "Stable" and groups[members.group]["group_type"] == "classic"
    assert groups[members.group]["protocol_type"] == "consumer" and groups[offsets]["group_state"] == "Empty"
    assert offsets not in {group["group_id"] for group in python_admin.list_groups(states_filter=["Stable"])}
    described = python_admin.describe_groups([members.group])[members.group]
    assert described["group_state"] == "Stable" and described["protocol_data"] == "range"
    assert {member["client_id"] for member in described["members"]} == set(members.assignments)
    with pytest.raises(GroupSubscribedToTopicError):
        raise python_admin.delete_group_offsets(
            members.group, [PythonTopicPartition(topic, 0)])[PythonTopicPartition(topic, 0)]()
    assert "NonEmptyGroupError" in python_admin.delete_groups([members.group])[members.group]


def test_offsets_with_kafka_python(python_admin, offsets, topic):
    at = [PythonTopicPartition(topic, number) for number in range(4)]
    got = python_admin.list_group_offsets(offsets)[offsets]
    assert {part: (value.offset, value.metadata) for part, value in got.items()} == {
        at[0]: (10, "noted"), at[1]: (11, "noted")}
    assert set(python_admin.alter_group_offsets(offsets, {
        at[1]: OffsetAndMetadata(5, "five", -1), at[3]: OffsetAndMetadata(6, "", -1)}).values()) == {NoError}
    assert python_admin.delete_group_offsets(offsets, [at[0]]) == {at[0]: NoError}
    got = python_admin.list_group_offsets(offsets)[offsets]
    assert {part: (value.offset, value.metadata) for part, value in got.items()} == {at[1]: (5, "five"), at[3]: (6, "")}
    with pytest.raises(GroupIdNotFoundError):
        python_admin.delete_group_offsets("no-such-group", [at[0]])
    assert python_admin.delete_groups([offsets]) == {offsets: "OK"}
    assert "GroupIdNotFoundError" in python_admin.delete_groups([offsets])[offsets]


def test_a_member_is_removed_by_its_instance(python_admin, admin, broker, topic, tmp_path):
    group = new_group()
    with Process("confluent", broker, group, topic, tmp_path, instance="one") as one, \
            Process("confluent", broker, group, topic, tmp_path, instance="two") as two:
        wait_for_assignment([one, two], 4)
        one.kill()
        removed = MemberToRemove(group_instance_id="one")
        assert set(python_admin.remove_group_members(group, [removed]).values()) == {NoError}
        wait_for_assignment([two], 4)
        described = outcome(admin.describe_consumer_groups([group]))
        assert [member.group_instance_id for member in described.members] == ["two"]
        two.stop()


def test_offsets_of_other_groups_do_not_mix(admin, broker, topic):
    groups = [new_group() for _ in range(40)]
    with GroupConnection(broker) as connection:
        for number, group in enumerate(groups):
            assert connection.commit(group, topic, {0: number}) == {0: 0}
    for number, group in enumerate(groups):
        assert {part: at.offset for part, at in group_offsets(admin, group).items()} == {0: number}
    futures = admin.delete_consumer_groups(groups[::2])
    assert [future.result(30) for future in futures.values()] == [None] * 20
    wait_until(lambda: not set(groups[::2]) & set(listed(admin)), 10, "the deletions")
    assert set(groups[1::2]) <= set(listed(admin))
