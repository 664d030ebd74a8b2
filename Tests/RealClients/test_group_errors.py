"""Each wrong request to the coordinator gets Kafka's code, costs nobody else, and leaves the group as it was."""

import random
import struct

import pytest

from broker import Broker, wait_until
from groups import new_group
from test_hostile_bytes import MEBIBYTE
from wire import Connection, frame, header, string
from wire_groups import FIND_COORDINATOR, JOIN, GroupConnection, Reader

pytestmark = pytest.mark.timeout(90)
BROKER_SETTINGS = {
    "group.min.session.timeout.ms": 1000, "group.max.session.timeout.ms": 60_000,
    "group.initial.rebalance.delay.ms": 0, "offsets.topic.num.partitions": 4}

NONE, UNKNOWN_TOPIC_OR_PARTITION, OFFSET_METADATA_TOO_LARGE = 0, 3, 12
ILLEGAL_GENERATION, INCONSISTENT_GROUP_PROTOCOL, INVALID_GROUP_ID, UNKNOWN_MEMBER_ID = 22, 23, 24, 25
INVALID_SESSION_TIMEOUT, REBALANCE_IN_PROGRESS, MEMBER_ID_REQUIRED = 26, 27, 79
GROUP_MAX_SIZE_REACHED, FENCED_INSTANCE_ID = 81, 82


class Pair:
    """A stable group: a leader and a follower, with what each was assigned."""

    def __init__(self, broker):
        self.group = new_group()
        self.leader, self.follower = GroupConnection(broker), GroupConnection(broker)
        first = self.leader.join(self.group)
        assert first.error == NONE and first.member == first.leader
        self.leader.sync(self.group, first.generation, first.member, {first.member: b"all"})
        self.follower.send_join(self.group)
        second = self.follower.joined()
        assert second.error == MEMBER_ID_REQUIRED
        self.follower.send_join(self.group, second.member)
        wait_until(lambda: self.leader.heartbeat(self.group, first.generation, first.member) == REBALANCE_IN_PROGRESS,
                   10, "the leader to hear of the rebalance")
        again = self.leader.join(self.group, first.member)
        second = self.follower.joined()
        assert (again.error, second.error) == (NONE, NONE) and again.generation == second.generation
        assert {member for member, _, _ in again.members} == {first.member, second.member} and not second.members
        self.generation, self.lead, self.follow = again.generation, first.member, second.member
        self.follower.send_sync(self.group, self.generation, self.follow)
        assert self.leader.sync(
            self.group, self.generation, self.lead, {self.lead: b"a", self.follow: b"b"}) == (NONE, b"a")
        assert self.follower.synced() == (NONE, b"b")

    def check(self):
        """It is as it was."""
        assert self.leader.heartbeat(self.group, self.generation, self.lead) == NONE
        assert self.follower.heartbeat(self.group, self.generation, self.follow) == NONE
        assert self.follower.sync(self.group, self.generation, self.follow) == (NONE, b"b")

    def close(self):
        self.leader.socket.close()
        self.follower.socket.close()


@pytest.fixture
def pair(broker):
    pair = Pair(broker)
    yield pair
    pair.check()
    pair.close()


@pytest.fixture
def stranger(broker):
    with GroupConnection(broker) as connection:
        yield connection


def test_the_coordinator_is_this_broker(broker, stranger):
    reader = stranger.ask(FIND_COORDINATOR, 2, string("any group") + b"\0")
    _, error, message, node = reader.take("i"), reader.take("h"), reader.string(), reader.take("i")
    assert error == NONE and message in (None, "", "NONE") and node >= 0
    assert (reader.string(), reader.take("i")) == ("127.0.0.1", broker.port)


def test_members_that_nobody_knows(pair, stranger):
    for group, member in [(pair.group, "nobody"), ("no-such-group", pair.lead)]:
        assert stranger.heartbeat(group, pair.generation, member) == UNKNOWN_MEMBER_ID
        assert stranger.sync(group, pair.generation, member)[0] == UNKNOWN_MEMBER_ID
        assert stranger.leave(group, member) == UNKNOWN_MEMBER_ID
        stranger.send_join(group, member)
        assert stranger.joined().error == UNKNOWN_MEMBER_ID


def test_generations_of_yesterday_and_tomorrow(pair, stranger, topic):
    for generation in (pair.generation - 1, pair.generation + 1, 0, (1 << 31) - 1):
        assert stranger.heartbeat(pair.group, generation, pair.lead) == ILLEGAL_GENERATION
        assert stranger.sync(pair.group, generation, pair.lead)[0] == ILLEGAL_GENERATION
        assert stranger.commit(pair.group, topic, {0: 1}, generation, pair.lead) == {0: ILLEGAL_GENERATION}
    assert stranger.committed(pair.group, topic, [0])[0][0] == -1


def test_commits_of_strangers(pair, stranger, topic):
    assert stranger.commit(pair.group, topic, {0: 1, 1: 1}, pair.generation, "nobody") == {
        0: UNKNOWN_MEMBER_ID, 1: UNKNOWN_MEMBER_ID}
    assert stranger.commit(pair.group, topic, {0: 1}) == {0: UNKNOWN_MEMBER_ID}, "the group has members"
    assert stranger.commit(pair.group, topic, {0: 1}, pair.generation) == {0: UNKNOWN_MEMBER_ID}
    assert stranger.commit("no-such-group", topic, {0: 1}, 3, "nobody") == {0: ILLEGAL_GENERATION}
    assert stranger.committed(pair.group, topic, [0])[0][0] == -1
    assert stranger.commit(pair.group, topic, {0: 1}, pair.generation, pair.follow) == {0: NONE}
    assert stranger.committed(pair.group, topic, [0])[0] == (1, "", NONE)


def test_commits_of_what_is_not_there(pair, topic):
    errors = pair.leader.commit(pair.group, topic, {0: 1, 99: 1, -1: 1}, pair.generation, pair.lead)
    assert errors == {0: NONE, 99: UNKNOWN_TOPIC_OR_PARTITION, -1: UNKNOWN_TOPIC_OR_PARTITION}
    errors = pair.leader.commit(pair.group, "no-such-topic", {0: 1}, pair.generation, pair.lead)
    assert errors == {0: UNKNOWN_TOPIC_OR_PARTITION}
    assert pair.leader.committed(pair.group, "no-such-topic", [0])[0][0] == -1


@pytest.mark.parametrize("size, code", [(4096, NONE), (4097, OFFSET_METADATA_TOO_LARGE),
                                        (32_767, OFFSET_METADATA_TOO_LARGE)])
def test_metadata_has_a_limit(pair, topic, size, code):
    errors = pair.leader.commit(pair.group, topic, {2: 9}, pair.generation, pair.lead, metadata="x" * size)
    assert errors == {2: code}
    assert pair.leader.committed(pair.group, topic, [2])[2] == ((-1, "", NONE) if code else (9, "x" * size, NONE))


def test_null_metadata_is_taken_for_none(pair, topic):
    assert pair.leader.commit(pair.group, topic, {0: 3}, pair.generation, pair.lead, metadata=None) == {0: NONE}
    assert pair.leader.committed(pair.group, topic, [0])[0] == (3, "", NONE)


def test_members_during_a_rebalance(broker, stranger, topic):
    pair = Pair(broker)
    first = stranger.join_start(pair.group)
    wait_until(lambda: pair.leader.heartbeat(pair.group, pair.generation, pair.lead) == REBALANCE_IN_PROGRESS, 10,
               "the rebalance")
    # In this phase Kafka still takes commits of the last generation, and refuses to hand out assignments.
    assert pair.leader.commit(pair.group, topic, {0: 1}, pair.generation, pair.lead) == {0: NONE}
    assert pair.leader.sync(pair.group, pair.generation, pair.lead)[0] == REBALANCE_IN_PROGRESS
    pair.follower.send_join(pair.group, pair.follow)
    again = pair.leader.join(pair.group, pair.lead)
    assert again.generation == pair.generation + 1 and len(again.members) == 3
    assert pair.follower.joined().generation == stranger.joined().generation == again.generation
    # All have joined and nobody has an assignment yet: a commit must wait for the new generation's start.
    assert pair.follower.commit(pair.group, topic, {0: 2}, again.generation, pair.follow) == {0: REBALANCE_IN_PROGRESS}
    assert pair.follower.commit(pair.group, topic, {0: 2}, pair.generation, pair.follow) == {0: ILLEGAL_GENERATION}
    pair.follower.send_sync(pair.group, again.generation, pair.follow)
    shares = {pair.lead: b"a", pair.follow: b"b", first: b"c"}
    assert pair.leader.sync(pair.group, again.generation, pair.lead, shares) == (NONE, b"a")
    assert pair.follower.synced() == (NONE, b"b")
    assert stranger.sync(pair.group, again.generation, first) == (NONE, b"c")
    assert pair.follower.commit(pair.group, topic, {0: 2}, again.generation, pair.follow) == {0: NONE}
    pair.close()


def test_a_leader_that_assigns_to_strangers(broker):
    """Who is not of the group gets nothing; who is forgotten gets an empty assignment."""
    group = new_group()
    with GroupConnection(broker) as leader:
        joined = leader.join(group)
        strangers = {f"stranger-{number}": b"x" * 1000 for number in range(500)}
        assert leader.sync(group, joined.generation, joined.member, strangers) == (NONE, b"")
        assert leader.heartbeat(group, joined.generation, joined.member) == NONE
        assert leader.heartbeat(group, joined.generation, "stranger-1") == UNKNOWN_MEMBER_ID
        assert leader.leave(group, joined.member) == NONE


def test_a_follower_that_assigns(pair):
    """Only the leader's word counts."""
    assert pair.follower.sync(pair.group, pair.generation, pair.follow, {pair.follow: b"mine"}) == (NONE, b"b")


def test_joins_that_make_no_sense(pair, stranger):
    for protocols, kind in [([("range", b"")], "connect"), ([], "consumer"), ([("other", b"")], "consumer"),
                            ([("range", b"")], "")]:
        stranger.send_join(pair.group, protocols=protocols, kind=kind)
        answer = stranger.joined()
        if answer.error == MEMBER_ID_REQUIRED:
            stranger.send_join(pair.group, answer.member, protocols=protocols, kind=kind)
            answer = stranger.joined()
        assert answer.error == INCONSISTENT_GROUP_PROTOCOL, (protocols, kind)
    for session in (-1, 0, 999, 60_001, (1 << 31) - 1):
        stranger.send_join(pair.group, session=session)
        assert stranger.joined().error == INVALID_SESSION_TIMEOUT
    stranger.send_join("")
    assert stranger.joined().error == INVALID_GROUP_ID


def test_empty_group_names(stranger, topic):
    assert stranger.heartbeat("", 1, "x") == INVALID_GROUP_ID
    assert stranger.sync("", 1, "x")[0] == INVALID_GROUP_ID
    assert stranger.leave("", "x") == INVALID_GROUP_ID


def test_instances_are_fenced(broker, topic):
    group = new_group()
    with GroupConnection(broker) as old, GroupConnection(broker) as new:
        first = old.join(group, instance="one")
        assert old.sync(group, first.generation, first.member, {first.member: b"all"}, instance="one") == (NONE, b"all")
        second = new.join(group, instance="one")
        assert second.error == NONE and second.member != first.member and second.generation == first.generation
        assert old.heartbeat(group, first.generation, first.member, "one") == FENCED_INSTANCE_ID
        assert old.sync(group, first.generation, first.member, instance="one")[0] == FENCED_INSTANCE_ID
        assert old.commit(group, topic, {0: 1}, first.generation, first.member, "one") == {0: FENCED_INSTANCE_ID}
        assert old.leave(group, first.member, "one") == FENCED_INSTANCE_ID
        assert new.sync(group, second.generation, second.member, instance="one") == (NONE, b"all")
        assert new.heartbeat(group, second.generation, second.member, "one") == NONE
        assert new.heartbeat(group, second.generation, second.member, "two") == UNKNOWN_MEMBER_ID
        assert new.leave(group, instance="one") == NONE


def test_a_member_whose_connection_ends_stays_until_its_session_does(broker):
    group = new_group()
    with GroupConnection(broker) as connection:
        joined = connection.join(group, session=1500)
        connection.sync(group, joined.generation, joined.member, {joined.member: b""})
    with GroupConnection(broker) as connection:
        assert connection.heartbeat(group, joined.generation, joined.member) == NONE
        # Silence until the session has ended: the next joiner is alone.
        other = connection.join(group)
        assert [member for member, _, _ in other.members] == [other.member]


def test_thousands_of_ids_from_one_address(broker, pair):
    """Ids are handed out and never used: each is a promise that must not cost much, and must not fill the group."""
    before = broker.resident_bytes()
    group = new_group()
    request = frame(header(JOIN, 5) + string(group) + struct.pack(">ii", 60_000, 60_000) + string("")
                    + struct.pack(">h", -1) + string("consumer") + struct.pack(">i", 1) + string("range")
                    + struct.pack(">i", 0))
    with Connection(broker) as connection:
        for _ in range(100):
            connection.send(request * 100)
            for _ in range(100):
                assert Reader(connection.receive(), 4).take("ih")[1] in (MEMBER_ID_REQUIRED, GROUP_MAX_SIZE_REACHED)
    assert broker.resident_bytes() < before + 64 * MEBIBYTE
    pair.check()


def test_thousands_of_groups_of_one_member(broker, pair):
    """Ids for groups that nobody completes: memory stays bounded and the coordinator stays quick."""
    before = broker.resident_bytes()
    with Connection(broker) as connection:
        for start in range(0, 5000, 100):
            requests = b""
            for number in range(start, start + 100):
                requests += frame(header(JOIN, 5) + string(f"storm-{number}") + struct.pack(">ii", 1000, 1000)
                                  + string("") + struct.pack(">h", -1) + string("consumer") + struct.pack(">i", 1)
                                  + string("range") + struct.pack(">i", 1000) + bytes(1000))
            connection.send(requests)
            for _ in range(100):
                assert Reader(connection.receive(), 4).take("ih")[1] == MEMBER_ID_REQUIRED
    assert broker.resident_bytes() < before + 64 * MEBIBYTE
    pair.check()


def test_a_group_has_a_limit_of_members(tmp_path):
    small = Broker(tmp_path, {**BROKER_SETTINGS, "group.max.size": 2}).start()
    pair = Pair(small)
    with GroupConnection(small) as third:
        third.send_join(pair.group)
        assert third.joined().error == GROUP_MAX_SIZE_REACHED
        pair.check()
        assert pair.follower.leave(pair.group, pair.follow) == NONE
        third.send_join(pair.group)
        assert third.joined().error == MEMBER_ID_REQUIRED
    pair.close()
    small.stop()


def test_garbage_in_requests_of_groups(broker, pair):
    random_ = random.Random(11)
    for key in (8, 9, 10, 11, 12, 13, 14, 15, 16, 42, 47, 68, 69):
        for version in range(0, 11):
            for size in (0, 3, 40, 400):
                with Connection(broker) as connection:
                    body = string(pair.group) + random_.randbytes(size)
                    connection.send(frame(header(key, version) + body) + struct.pack(">i", -1))
                    assert connection.is_closed_by_broker(), (key, version, body)


def test_deep_nonsense_in_a_member_s_metadata(broker, topic):
    """What members send each other is not the broker's to understand."""
    group, random_ = new_group(), random.Random(13)
    for size in (0, 1, 2, 6, 100, 10_000):
        with GroupConnection(broker) as connection:
            junk = [("range", random_.randbytes(size))]
            joined = connection.join(group, protocols=junk)
            assert joined.error == NONE and joined.members[0][2] == junk[0][1]
            shares = {joined.member: random_.randbytes(size)}
            assert connection.sync(group, joined.generation, joined.member, shares) == (NONE, shares[joined.member])
            assert connection.commit(group, topic, {0: size}, joined.generation, joined.member) == {0: NONE}
            assert connection.leave(group, joined.member) == NONE
