"""What operators ask a cluster of one, through kafka-python's admin client; and metrics that librdkafka pushes."""


import pytest
from confluent_kafka import Producer
from kafka import KafkaAdminClient, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import (
    InvalidReplicationAssignmentError, LogDirNotFoundError, NoReassignmentInProgressError, UnknownTopicOrPartitionError)

from broker import wait_until
from conftest import create_topic


@pytest.fixture(scope="module")
def admin(broker):
    admin = KafkaAdminClient(bootstrap_servers=broker.address)
    yield admin
    admin.close()


def test_features_are_told_and_updated(admin):
    told = admin.describe_features()
    assert {name: (feature["supported"], feature["finalized"]) for name, feature in told.items()} == {
        "group.version": ((0, 1), (1, 1)), "metadata.version": ((7, 30), (30, 30))}
    admin.update_features({"group.version": ("SAFE_DOWNGRADE", 0)})
    later = admin.describe_features()
    assert later["group.version"].get("finalized") is None
    assert later["metadata.version"]["finalized_epoch"] > told["metadata.version"]["finalized_epoch"]
    admin.update_features({"group.version": 1})
    assert admin.describe_features()["group.version"]["finalized"] == (1, 1)


def test_the_quorum_is_this_node(admin):
    topic = admin.describe_metadata_quorum()["topics"][0]
    partition = topic["partitions"][0]
    assert topic["topic_name"] == "__cluster_metadata" and partition["leader_id"] == 1
    assert [voter["replica_id"] for voter in partition["current_voters"]] == [1] and partition["observers"] == []
    assert partition["high_watermark"] > 0


def test_a_partition_has_its_leader_and_its_place(admin, broker, topic):
    result = admin.elect_leaders(0, {topic: [0, 1]})
    (elected,) = result.replica_election_results
    assert [partition.error_code for partition in elected.partition_result] == [84, 84]  # ELECTION_NOT_NEEDED
    here, nowhere = TopicPartition(topic, 0), TopicPartition("nowhere", 0)
    assert admin.alter_partition_reassignments({here: [1]})[here] is None
    assert admin.alter_partition_reassignments({here: [2]})[here] is InvalidReplicationAssignmentError
    assert admin.alter_partition_reassignments({here: None})[here] is NoReassignmentInProgressError
    assert admin.alter_partition_reassignments({nowhere: [1]})[nowhere] is UnknownTopicOrPartitionError
    assert not admin.list_partition_reassignments()
    outcome = admin.alter_replica_log_dirs({(topic, 0, 1): str(broker.data)})
    assert [error.errno for error in outcome.values()] == [0]
    outcome = admin.alter_replica_log_dirs({(topic, 0, 1): "/nowhere"})
    assert list(outcome.values()) == [LogDirNotFoundError]


def test_the_producers_of_a_partition_are_told(admin, broker, topic):
    producer = KafkaProducer(bootstrap_servers=broker.address, enable_idempotence=True)
    for _ in range(3):
        producer.send(topic, b"x", partition=0).get(30)
    producer.close()
    here = TopicPartition(topic, 0)
    (state,) = admin.describe_producers([here])[here].active_producers
    assert state.last_sequence == 2 and state.producer_epoch == 0


def test_what_has_a_configuration_is_listed(admin, topic):
    subscription = ConfigResource(
        ConfigResourceType.CLIENT_METRICS, "listed", configs={"metrics": "*", "match": "client_id=nobody"})
    group = ConfigResource(ConfigResourceType.GROUP, "some-group", configs={"consumer.session.timeout.ms": "50000"})
    admin.alter_configs([subscription, group], incremental=True)
    listed = admin.list_config_resources()
    assert topic in listed["topic"] and listed["broker"] == ["1"]
    assert "listed" in listed["client_metrics"] and listed["group"] == ["some-group"]
    assert set(admin.list_config_resources(["CLIENT_METRICS"])) == {"client_metrics"}


def test_log_levels_change(admin):
    logger = ConfigResource(ConfigResourceType.BROKER_LOGGER, "1", configs={"martlet.cleaner": "DEBUG"})
    admin.alter_configs([logger], incremental=True)
    loggers = ConfigResource(ConfigResourceType.BROKER_LOGGER, "1")
    levels = admin.describe_configs([loggers], config_filter="all")["broker_logger"]["1"]
    assert levels["martlet.cleaner"]["value"] == "DEBUG" and levels["root"]["value"] == "INFO"


def test_librdkafka_pushes_its_metrics(admin, broker, topic):
    subscription = ConfigResource(
        ConfigResourceType.CLIENT_METRICS, "librdkafka",
        configs={"metrics": "*", "interval.ms": "200", "match": "client_software_name=.*rdkafka.*|confluent.*"})
    admin.alter_configs([subscription], incremental=True)
    lines = []

    class Log:
        def log(self, level, message, *args):
            lines.append(message % args if args else message)

    producer = Producer(
        {"bootstrap.servers": broker.address, "enable.metrics.push": True, "debug": "telemetry"}, logger=Log())

    def has_pushed():
        producer.produce(topic, b"x")
        producer.flush(10)
        producer.poll(0.1)
        return sum("PushTelemetryRequest succeeded" in line for line in lines) >= 2

    wait_until(has_pushed, 30)
    assert not [line for line in lines if "TelemetryRequest failed" in line or "SubscriptionsRequest failed" in line]
