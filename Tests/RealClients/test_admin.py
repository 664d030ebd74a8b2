"""Topics and their configuration, through confluent-kafka's and kafka-python's admin clients."""

import re

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import (
    AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ConfigSource, NewPartitions, NewTopic, ResourceType)
from kafka import KafkaAdminClient
from kafka.admin import ConfigResource as PythonConfigResource
from kafka.admin import ConfigResourceType
from kafka.errors import InvalidReplicationFactorError, TopicAlreadyExistsError, UnknownTopicOrPartitionError

from broker import wait_until
from conftest import create_topic


@pytest.fixture(scope="module")
def admin(broker):
    return AdminClient({"bootstrap.servers": broker.address})


def outcome(futures):
    """The result of the only future, or the code of its error."""
    (future,) = futures.values()
    try:
        return future.result(30)
    except KafkaException as error:
        return error.args[0].code()


def config(admin, kind, name):
    return outcome(admin.describe_configs([ConfigResource(kind, name)]))


def alter(admin, topic, key, operation, value=None):
    entry = ConfigEntry(key, value, incremental_operation=operation)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    return outcome(admin.incremental_alter_configs([resource]))


def test_topics_come_and_go(admin):
    assert outcome(admin.create_topics([NewTopic("come-and-go", 3, 1)])) is None
    assert len(admin.list_topics(timeout=10).topics["come-and-go"].partitions) == 3
    assert outcome(admin.create_topics([NewTopic("come-and-go", 1, 1)])) == KafkaError.TOPIC_ALREADY_EXISTS
    first = outcome(admin.describe_topics(TopicCollection(["come-and-go"])))
    assert [partition.id for partition in first.partitions] == [0, 1, 2] and not first.is_internal

    assert outcome(admin.delete_topics(["come-and-go"])) is None
    assert "come-and-go" not in admin.list_topics(timeout=10).topics
    assert outcome(admin.delete_topics(["come-and-go"])) == KafkaError.UNKNOWN_TOPIC_OR_PART

    assert outcome(admin.create_topics([NewTopic("come-and-go", 1, 1)])) is None
    again = outcome(admin.describe_topics(TopicCollection(["come-and-go"])))
    assert str(again.topic_id) != str(first.topic_id) and len(again.partitions) == 1


@pytest.mark.parametrize("topic, code", [
    (NewTopic("two-replicas", 1, 2), KafkaError.INVALID_REPLICATION_FACTOR),
    (NewTopic("no-partitions", 0, 1), KafkaError.INVALID_PARTITIONS),
    (NewTopic("not/a/name", 1, 1), KafkaError.TOPIC_EXCEPTION),
    (NewTopic("..", 1, 1), KafkaError.TOPIC_EXCEPTION),
    (NewTopic("n" * 250, 1, 1), KafkaError.TOPIC_EXCEPTION),
    (NewTopic("no-such-key", 1, 1, config={"no.such.key": "1"}), KafkaError.INVALID_CONFIG),
    (NewTopic("no-number", 1, 1, config={"segment.bytes": "many"}), KafkaError.INVALID_CONFIG),
    (NewTopic("out-of-range", 1, 1, config={"max.message.bytes": "-1"}), KafkaError.INVALID_CONFIG),
], ids=lambda value: value.topic[:20] if isinstance(value, NewTopic) else "")
def test_what_cannot_be_is_refused(admin, topic, code):
    assert outcome(admin.create_topics([topic])) == code
    assert topic.topic not in admin.list_topics(timeout=10).topics


def test_valid_topics_are_created_beside_invalid_ones(admin):
    futures = admin.create_topics([NewTopic("mixed-good", 1, 1), NewTopic("mixed bad", 1, 1)])
    assert futures["mixed-good"].result(30) is None
    with pytest.raises(KafkaException):
        futures["mixed bad"].result(30)


def test_validation_alone_creates_nothing(admin):
    assert outcome(admin.create_topics([NewTopic("only-validated", 1, 1)], validate_only=True)) is None
    assert "only-validated" not in admin.list_topics(timeout=10).topics


def test_partitions_are_added(admin, broker):
    topic = create_topic(broker, 2)
    assert outcome(admin.create_partitions([NewPartitions(topic, 5)])) is None
    assert len(admin.list_topics(topic, timeout=10).topics[topic].partitions) == 5
    assert outcome(admin.create_partitions([NewPartitions(topic, 3)])) == KafkaError.INVALID_PARTITIONS
    assert outcome(admin.create_partitions([NewPartitions("no-such", 3)])) == KafkaError.UNKNOWN_TOPIC_OR_PART


def test_configuration_is_described_with_its_sources(admin, broker):
    topic = create_topic(broker, 1, {"retention.ms": "3600000", "cleanup.policy": "compact"})
    entries = config(admin, ResourceType.TOPIC, topic)
    assert entries["retention.ms"].value == "3600000"
    assert entries["retention.ms"].source == ConfigSource.DYNAMIC_TOPIC_CONFIG.value
    assert entries["cleanup.policy"].value == "compact"
    assert entries["segment.bytes"].value == str(1 << 30)
    assert entries["segment.bytes"].is_default and "log.segment.bytes" in entries["segment.bytes"].synonyms
    assert len(entries) > 25
    (node,) = admin.list_topics(timeout=10).brokers
    keys = config(admin, ResourceType.BROKER, str(node))
    assert len(keys) > 150 and keys["node.id"].value == str(node) and keys["node.id"].is_read_only
    assert config(admin, ResourceType.TOPIC, "no-such") == KafkaError.UNKNOWN_TOPIC_OR_PART


def test_configuration_changes_one_key_at_a_time(admin, broker):
    topic = create_topic(broker, 1, {"retention.ms": "3600000"})
    set_, delete = AlterConfigOpType.SET, AlterConfigOpType.DELETE
    assert alter(admin, topic, "max.message.bytes", set_, "2000") is None
    assert alter(admin, topic, "cleanup.policy", AlterConfigOpType.APPEND, "compact") is None
    entries = config(admin, ResourceType.TOPIC, topic)
    assert entries["max.message.bytes"].value == "2000" and entries["retention.ms"].value == "3600000"
    assert set(entries["cleanup.policy"].value.split(",")) == {"delete", "compact"}
    assert alter(admin, topic, "cleanup.policy", AlterConfigOpType.SUBTRACT, "compact") is None
    assert alter(admin, topic, "max.message.bytes", delete) is None
    entries = config(admin, ResourceType.TOPIC, topic)
    assert entries["cleanup.policy"].value == "delete" and entries["max.message.bytes"].value == "1048588"
    assert alter(admin, topic, "max.message.bytes", set_, "many") == KafkaError.INVALID_CONFIG
    assert alter(admin, topic, "no.such.key", set_, "1") == KafkaError.INVALID_CONFIG


def test_the_cluster_is_described(admin, broker):
    cluster = admin.describe_cluster().result(30)
    assert [f"{node.host}:{node.port}" for node in cluster.nodes] == [broker.address]
    assert cluster.controller.id == cluster.nodes[0].id
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", cluster.cluster_id)


@pytest.fixture
def python_admin(broker):
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    yield admin
    admin.close()


def test_topics_come_and_go_with_kafka_python(python_admin):
    options = {"num_partitions": 2, "replication_factor": 1, "configs": {"retention.ms": "1000000"}}
    python_admin.create_topics({"from-python": options})
    assert "from-python" in {topic["name"] for topic in listed(python_admin)}
    with pytest.raises(TopicAlreadyExistsError):
        python_admin.create_topics({"from-python": options})
    with pytest.raises(InvalidReplicationFactorError):
        python_admin.create_topics({"from-python-2": {"num_partitions": 1, "replication_factor": 3}})
    python_admin.create_partitions({"from-python": 4})
    (described,) = python_admin.describe_topics(["from-python"])
    assert len(described["partitions"]) == 4
    python_admin.delete_topics(["from-python"])
    wait_until(lambda: "from-python" not in {topic["name"] for topic in listed(python_admin)}, 10, "the deletion")
    with pytest.raises(UnknownTopicOrPartitionError):
        python_admin.delete_topics(["from-python"])


def listed(admin):
    return [topic if isinstance(topic, dict) else {"name": topic} for topic in admin.list_topics()]


def test_configuration_with_kafka_python(python_admin, broker):
    topic = create_topic(broker, 1)

    def describe():
        resource = PythonConfigResource(ConfigResourceType.TOPIC, topic)
        answer = python_admin.describe_configs([resource], config_filter="all")
        return next(iter(answer.values()))[topic]

    changes = PythonConfigResource(ConfigResourceType.TOPIC, topic, configs={"segment.ms": "7200000"})
    python_admin.alter_configs([changes])
    assert describe()["segment.ms"]["value"] == "7200000"
    removal = PythonConfigResource(ConfigResourceType.TOPIC, topic, configs={"segment.ms": ("DELETE", None)})
    python_admin.alter_configs([removal])
    assert describe()["segment.ms"]["value"] == "604800000"


def test_log_directories_are_described(python_admin, broker):
    topic = create_topic(broker, 3)
    assert str(broker.data) in str(python_admin.describe_log_dirs()) and topic in str(python_admin.describe_log_dirs())
