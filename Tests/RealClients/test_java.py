"""Kafka's own clients of today, in Java: groups in both protocols, and the admin calls that others do not have."""

import pytest

from broker import wait_until
from conftest import create_topic
from groups import new_group
from java_driver import Driver, JavaError

pytestmark = pytest.mark.timeout(120)
BROKER_SETTINGS = {
    "group.min.session.timeout.ms": 1000, "group.initial.rebalance.delay.ms": 100, "offsets.topic.num.partitions": 4,
    "group.consumer.min.heartbeat.interval.ms": 100, "group.consumer.heartbeat.interval.ms": 200,
    "group.consumer.min.session.timeout.ms": 1000, "group.consumer.session.timeout.ms": 3000}
PARTITIONS = 4
CLASSIC = ["group.protocol=classic", "session.timeout.ms=3000", "heartbeat.interval.ms=300"]
ASSIGNORS = "partition.assignment.strategy=org.apache.kafka.clients.consumer."
PROTOCOLS = {
    "range": [*CLASSIC, ASSIGNORS + "RangeAssignor"],
    "cooperative": [*CLASSIC, ASSIGNORS + "CooperativeStickyAssignor"],
    "consumer": ["group.protocol=consumer"],
}


@pytest.fixture(scope="module")
def java(broker, tmp_path_factory):
    with Driver(broker, tmp_path_factory.mktemp("java")) as driver:
        yield driver


class JavaMember:
    def __init__(self, java, name, group, *settings):
        self.java, self.name = java, name
        java("consumer", name, f"group.id={group}", f"client.id={name}", "auto.offset.reset=earliest",
             "enable.auto.commit=false", "fetch.max.wait.ms=100", *settings)

    def __call__(self, command, *words):
        return self.java(command, self.name, *words)

    def state(self):
        state = self("state")
        assert state["failure"] == ""
        return state

    def assigned(self):
        return {tuple(at) for at in self.state()["assigned"]}

    def count(self):
        return self.state()["count"]

    def records(self):
        return {(topic, partition, offset) for topic, partition, offset, _ in self("records")}


def wait_for_shares(members, topic, partitions=PARTITIONS, deadline=40):
    wanted = {(topic, number) for number in range(partitions)}

    def shared():
        shares = [member.assigned() for member in members]
        return all(shares) and sum(map(len, shares)) == partitions and set.union(*shares) == wanted

    wait_until(shared, deadline, "an assignment")


def everything(topic, places):
    return {(topic, partition, offset) for partition, offset in places}


@pytest.mark.parametrize("codec", ["none", "gzip", "snappy", "lz4", "zstd"])
def test_what_is_produced_is_consumed(java, topic, codec):
    places = java("produce", topic, 2000, f"compression.type={codec}", "linger.ms=5")
    assert len(set(map(tuple, places))) == 2000
    member = JavaMember(java, f"reader-{codec}", new_group(), *PROTOCOLS["range"])
    member("subscribe", topic)
    wait_until(lambda: member.count() == 2000, 40, "the records")
    assert member.records() == everything(topic, places)
    assert {value for *_, value in member("records")} == {f"value {number}" for number in range(2000)}
    member("commit-all")
    member("close")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_members_share_commit_and_resume(java, topic, protocol):
    group, settings = new_group(), PROTOCOLS[protocol]
    one, two = (JavaMember(java, f"{protocol}-{number}", group, *settings) for number in (1, 2))
    places = java("produce", topic, 100)
    one("subscribe", topic)
    wait_for_shares([one], topic)
    wait_until(lambda: one.count() == 100, 40, "the first records")
    one("commit-all")
    two("subscribe", topic)
    wait_for_shares([one, two], topic)
    places += java("produce", topic, 100)
    wait_until(lambda: len(one.records() | two.records()) == 200, 40, "the records of both")
    assert one.records() | two.records() == everything(topic, places)
    revoked = [partitions for kind, partitions in one.state()["events"] if kind == "revoked" and partitions]
    if protocol == "range":
        assert [len(partitions) for partitions in revoked] == [4], "eager: all are given up"
    else:
        assert [len(partitions) for partitions in revoked] == [2], "incremental: two are kept"

    described = java.admin("describeConsumerGroups", group)
    assert described["state"] == "Stable" and len(described["members"]) == 2
    assert described["type"] == ("Consumer" if protocol == "consumer" else "Classic")
    for member in described["members"]:
        owner = one if member["client"] == one.name else two
        assert {tuple(at) for at in member["assignment"]} == owner.assigned()
        assert owner("metadata")[1] == member["id"]

    one("commit-all")
    two("commit-all")
    two("close")
    wait_for_shares([one], topic)
    one("close")
    later = JavaMember(java, f"{protocol}-3", group, *settings)
    new = java("produce", topic, 50)
    later("subscribe", topic)
    wait_until(lambda: later.count() == 50, 40, "the new records alone")
    assert later.records() == everything(topic, new)
    later("close")


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_metadata_comes_back_as_it_was_committed(java, topic, protocol):
    member = JavaMember(java, f"noting-{protocol}", new_group(), *PROTOCOLS[protocol])
    member("subscribe", topic)
    wait_for_shares([member], topic)
    assert member("committed", topic, 1) is None
    member("commit", topic, 1, 0, "a note: größer")
    assert member("committed", topic, 1) == [0, "a note: größer"]
    with pytest.raises(JavaError) as refused:
        member("commit", topic, 1, 0, "x" * 5000)
    assert refused.value.kind == "OffsetMetadataTooLarge"
    assert member("committed", topic, 1) == [0, "a note: größer"]
    member("close")


@pytest.mark.parametrize("command", ["subscribe-client-pattern", "subscribe-pattern"])
def test_patterns(java, broker, command):
    """Of the client's own, by metadata; and RE2's, which the broker matches (KIP-848)."""
    protocol = PROTOCOLS["consumer" if command == "subscribe-pattern" else "range"]
    topics = [create_topic(broker, 2) for _ in range(3)]
    member = JavaMember(java, command, new_group(), "metadata.max.age.ms=500", *protocol)
    member(command, f"{topics[0]}|{topics[2]}|{topics[0]}-later")
    wanted = {(topics[index], number) for index in (0, 2) for number in (0, 1)}
    wait_until(lambda: member.assigned() == wanted, 40, "the topics that match")
    java("produce", f"{topics[0]}-later", 1)
    wait_until(lambda: {topic for topic, _ in member.assigned()} == {topics[0], topics[2], f"{topics[0]}-later"}, 40,
               "a topic that came later")
    member("close")


def test_an_expression_that_is_none(java):
    member = JavaMember(java, "bad-expression", new_group(), *PROTOCOLS["consumer"])
    member("subscribe-pattern", "(unclosed")
    wait_until(lambda: "InvalidRegularExpression" in member("state")["failure"], 20, "the refusal")
    member("close")


def test_a_static_member_returns(java, topic):
    group = new_group()
    settings = [*PROTOCOLS["range"], "group.instance.id=one"]
    first = JavaMember(java, "static-1", group, *settings)
    first("subscribe", topic)
    wait_for_shares([first], topic)
    generation, member_id = first("metadata")
    first("close")
    second = JavaMember(java, "static-2", group, *settings)
    second("subscribe", topic)
    wait_for_shares([second], topic)
    assert second("metadata")[0] == generation and second("metadata")[1] != member_id
    second("close")
    assert [member["instance"] for member in java.admin("describeConsumerGroups", group)["members"]] == ["one"]
    java.admin("removeMembersFromConsumerGroup", group, "one")
    assert java.admin("describeConsumerGroups", group)["members"] == []


def test_groups_are_administered(java, topic):
    group = new_group()
    member = JavaMember(java, "administered", group, *PROTOCOLS["range"])
    java("produce", topic, 40)
    member("subscribe", topic)
    wait_for_shares([member], topic)
    wait_until(lambda: member.count() == 40, 40, "the records")
    member("commit-all")
    assert java.admin("listGroups")[group] == {"type": "Classic", "protocol": "consumer", "state": "Stable"}
    classic = java.admin("describeClassicGroups", group)
    assert (classic["state"], classic["protocol"], classic["protocolData"]) == ("Stable", "consumer", "range")
    assert [described["client"] for described in classic["members"]] == ["administered"]
    offsets = java.admin("listConsumerGroupOffsets", group)
    assert sum(offset for offset, _ in offsets.values()) == 40

    refusals = [("deleteConsumerGroups", group), ("deleteConsumerGroupOffsets", group, topic, 0),
                ("alterConsumerGroupOffsets", group, topic, 0, 1, "")]
    kinds = []
    for call in refusals:
        with pytest.raises(JavaError) as refused:
            java.admin(*call)
        kinds.append(refused.value.kind)
    assert kinds == ["GroupNotEmptyException", "GroupSubscribedToTopicException", "UnknownMemberIdException"]

    member("close")
    wait_until(lambda: java.admin("listGroups")[group]["state"] == "Empty", 20, "the group to be empty")
    java.admin("alterConsumerGroupOffsets", group, topic, 0, 3, "moved")
    java.admin("deleteConsumerGroupOffsets", group, topic, 1)
    offsets = java.admin("listConsumerGroupOffsets", group)
    assert offsets[f"{topic}-0"] == [3, "moved"] and f"{topic}-1" not in offsets
    java.admin("deleteConsumerGroups", group)
    assert group not in java.admin("listGroups")
    with pytest.raises(JavaError) as refused:
        java.admin("describeConsumerGroups", group)
    assert refused.value.kind == "GroupIdNotFoundException"


def test_members_are_removed(java, topic):
    group = new_group()
    member = JavaMember(java, "removed", group, *PROTOCOLS["range"])
    member("subscribe", topic)
    wait_for_shares([member], topic)
    _, before = member("metadata")
    java.admin("removeMembersFromConsumerGroup", group)
    # It comes back, as somebody else.
    wait_until(lambda: member("metadata")[1] not in ("", before), 40, "the member to join anew")
    wait_for_shares([member], topic)
    member("close")


def test_the_consumer_protocol_s_groups_are_described(java, topic):
    group = new_group()
    member = JavaMember(java, "described", group, *PROTOCOLS["consumer"])
    member("subscribe", topic)
    wait_for_shares([member], topic)
    assert java.admin("listGroups")[group] == {"type": "Consumer", "protocol": "consumer", "state": "Stable"}
    described = java.admin("describeConsumerGroups", group)
    assert described["assignor"] == "uniform" and described["groupEpoch"] == described["targetAssignmentEpoch"]
    (only,) = described["members"]
    assert only["epoch"] == described["groupEpoch"] and only["upgraded"] is True
    member("close")


@pytest.mark.parametrize("old", ["range", "cooperative"])
def test_a_group_moves_to_the_consumer_protocol_and_back(java, topic, old):
    group, places = new_group(), java("produce", topic, 50)
    one, two = (JavaMember(java, f"moving-{old}-{number}", group, *PROTOCOLS[old]) for number in (1, 2))
    one("subscribe", topic)
    two("subscribe", topic)
    wait_for_shares([one, two], topic)
    three = JavaMember(java, f"moving-{old}-3", group, *PROTOCOLS["consumer"])
    three("subscribe", topic)
    wait_for_shares([one, two, three], topic)
    described = java.admin("describeConsumerGroups", group)
    assert described["type"] == "Consumer"
    assert {member["client"]: member["upgraded"] for member in described["members"]} == {
        one.name: False, two.name: False, three.name: True}
    for member in (one, two, three):
        member("commit-all")
    one("close")
    two("close")
    wait_for_shares([three], topic)
    places += java("produce", topic, 50)
    wait_until(lambda: len(one_and_all(one, two, three)) == 100, 40, "the records")
    assert one_and_all(one, two, three) == everything(topic, places)
    four = JavaMember(java, f"moving-{old}-4", group, *PROTOCOLS[old])
    four("subscribe", topic)
    wait_for_shares([three, four], topic)
    three("commit-all")
    three("close")
    wait_for_shares([four], topic)
    assert java.admin("describeConsumerGroups", group)["type"] == "Classic"
    places += java("produce", topic, 50)
    wait_until(lambda: len(one_and_all(one, two, three, four)) == 150, 40, "the records")
    assert one_and_all(one, two, three, four) == everything(topic, places)
    four("commit-all")
    offsets = java.admin("listConsumerGroupOffsets", group)
    assert sum(offset for offset, _ in offsets.values()) == 150
    four("close")


def one_and_all(*members):
    return set.union(*(member.records() for member in members))


def test_settings_of_a_group(java, topic):
    group = new_group()
    java.admin("incrementalAlterConfigs", "GROUP", group, "consumer.session.timeout.ms", "2000")
    entries = java.admin("describeConfigs", "GROUP", group)
    assert entries["consumer.session.timeout.ms"] == ["2000", "DYNAMIC_GROUP_CONFIG"]
    assert entries["consumer.heartbeat.interval.ms"][0] == "200"
    assert ["GROUP", group] in java.admin("listConfigResources")
    for key, value in [("consumer.session.timeout.ms", "1"), ("consumer.session.timeout.ms", "many"), ("no.such", "1")]:
        with pytest.raises(JavaError) as refused:
            java.admin("incrementalAlterConfigs", "GROUP", group, key, value)
        assert refused.value.kind in ("InvalidConfigurationException", "InvalidRequestException")
    java.admin("incrementalAlterConfigs", "GROUP", group, "consumer.session.timeout.ms", "")
    assert java.admin("describeConfigs", "GROUP", group)["consumer.session.timeout.ms"][0] == "3000"


def test_features(java):
    features = java.admin("describeFeatures")
    assert features["supported"]["group.version"] == [0, 1] and features["finalized"]["group.version"] == 1
    assert features["finalized"]["metadata.version"] >= 25


def test_the_metadata_quorum_is_this_node(java):
    quorum = java.admin("describeMetadataQuorum")
    assert quorum["leader"] == 1 and quorum["voters"] == [1] and quorum["highWatermark"] >= 0


def test_resources_with_a_configuration(java, topic):
    resources = java.admin("listConfigResources")
    assert ["TOPIC", topic] in resources and ["BROKER", "1"] in resources


def test_one_node_has_nothing_to_reassign_or_elect(java, topic):
    assert java.admin("listPartitionReassignments") == {}
    assert java.admin("electLeaders", topic, 0) == "ElectionNotNeededException"


def test_where_a_replica_lies(java, broker, topic):
    assert java.admin("describeReplicaLogDirs", topic, 0, 1) == str(broker.data)


def test_producers_are_described(java, topic):
    java("produce", topic, 100)
    producers = [row for partition in range(4) for row in java.admin("describeProducers", topic, partition)]
    assert producers and all(row["epoch"] == 0 and row["sequence"] >= 0 for row in producers)


def test_clients_push_their_metrics_and_work_as_ever(java, topic):
    """KIP-714: each client has an id of its own, and pushes what a subscription asks it for."""
    java.admin("incrementalAlterConfigs", "CLIENT_METRICS", "all", "metrics", "*")
    java.admin("incrementalAlterConfigs", "CLIENT_METRICS", "all", "interval.ms", "100")
    assert ["CLIENT_METRICS", "all"] in java.admin("listConfigResources")
    group = new_group()
    members = [JavaMember(java, f"pushing-{number}", group, "enable.metrics.push=true", *PROTOCOLS["range"])
               for number in (1, 2)]
    for member in members:
        member("subscribe", topic)
    wait_for_shares(members, topic)
    ids = [member("instance-id") for member in members] + [java.admin("clientInstanceId")]
    assert len(set(ids)) == 3 and {len(text) for text in ids} == {22}
    java("produce", topic, 10, "enable.metrics.push=true")
    wait_until(lambda: sum(member.count() for member in members) == 10, 20, "the records")
    for member in members:
        member("close")
    java.admin("incrementalAlterConfigs", "CLIENT_METRICS", "all", "metrics", "")
