"""What a classic group does when: over raw sockets, a request at a time."""

import struct
import time

import pytest

from broker import Broker, wait_until
from conftest import create_topic
from groups import new_group
from test_group_errors import (
    ILLEGAL_GENERATION, MEMBER_ID_REQUIRED, NONE, REBALANCE_IN_PROGRESS, UNKNOWN_MEMBER_ID, Pair)
from wire import frame, header, string
from wire_groups import JOIN, LEAVE, GroupConnection, data, nullable

pytestmark = pytest.mark.timeout(90)
BROKER_SETTINGS = {
    "group.min.session.timeout.ms": 1000, "group.initial.rebalance.delay.ms": 0, "offsets.topic.num.partitions": 4}


@pytest.fixture
def connections(broker):
    opened = [GroupConnection(broker) for _ in range(6)]
    yield opened
    for connection in opened:
        connection.socket.close()


def stable(connections, group, **settings):
    """A stable group of one member for each connection; their answers, the leader's first."""
    members = [connections[0].join(group, **settings)]
    share(connections[:1], group, members)
    for number in range(1, len(connections)):
        waiting = connections[number].join_start(group, **settings)
        wait_for_rebalance(connections[0], group, members[0])
        for connection, member in zip(connections, members):
            connection.send_join(group, member.member, **settings)
        members = [connection.joined() for connection in connections[:number + 1]]
        assert members[-1].member == waiting
        share(connections, group, members)
    return members


def wait_for_rebalance(connection, group, member):
    wait_until(lambda: connection.heartbeat(group, member.generation, member.member) == REBALANCE_IN_PROGRESS, 10,
               "the rebalance")


def share(connections, group, members):
    assert {member.error for member in members} == {NONE} and len({member.generation for member in members}) == 1
    leads = [member.member == member.leader for member in members]
    assert leads.count(True) == 1
    shares = {member.member: member.member.encode() for member in members}
    for connection, member, leader in zip(connections, members, leads):
        connection.send_sync(group, member.generation, member.member, shares if leader else None)
    for connection, member in zip(connections, members):
        assert connection.synced() == (NONE, member.member.encode())


@pytest.mark.parametrize("version", range(6))
def test_every_version_joins(connections, version):
    group, connection = new_group(), connections[0]

    def join(member):
        body = string(group) + struct.pack(">i", 10_000) + (struct.pack(">i", 10_000) if version >= 1 else b"")
        body += string(member) + (nullable(None) if version >= 5 else b"") + string("consumer")
        connection.send(frame(header(JOIN, version) + body + struct.pack(">i", 1) + string("range") + data(b"mine")))
        reader = connection.answer()
        if version >= 2:
            reader.take("i")
        return reader

    reader = join("")
    error, generation, protocol, leader, member = (
        reader.take("h"), reader.take("i"), reader.string(), reader.string(), reader.string())
    if version >= 4:
        assert (error, generation, protocol, leader) == (MEMBER_ID_REQUIRED, -1, "", "") and member
        reader = join(member)
        error, generation, protocol, leader, member = (
            reader.take("h"), reader.take("i"), reader.string(), reader.string(), reader.string())
    assert (error, generation, protocol, leader) == (NONE, 1, "range", member) and member.startswith("wire-")
    members = reader.array(lambda: (reader.string(), reader.string() if version >= 5 else None, reader.data()))
    assert members == [(member, None, b"mine")]


def test_joiners_of_an_empty_group_are_waited_for(tmp_path):
    """For each that comes the delay begins anew; all are of one generation. So every time that the group was empty."""
    delayed = Broker(tmp_path, {**BROKER_SETTINGS, "group.initial.rebalance.delay.ms": 1000}).start()
    group, connections = new_group(), [GroupConnection(delayed) for _ in range(3)]
    for generation in (1, 3):
        began = time.monotonic()
        for connection in connections:
            connection.join_start(group)
            # Whoever waits has no answer before the delay is over.
            time.sleep(0.3)
        joined = [connection.joined() for connection in connections]
        assert 1 < time.monotonic() - began < 10
        assert {answer.error for answer in joined} == {NONE}
        assert {answer.generation for answer in joined} == {generation}
        assert sorted(len(answer.members) for answer in joined) == [0, 0, 3]
        for connection, answer in zip(connections, joined):
            assert connection.leave(group, answer.member) == NONE
        assert connections[0].heartbeat(group, generation, joined[0].member) == UNKNOWN_MEMBER_ID
    for connection in connections:
        connection.socket.close()
    delayed.stop()


def test_who_does_not_rejoin_in_time_is_left_behind(connections):
    group = new_group()
    members = stable(connections[:2], group, rebalance=1500)
    connections[2].join_start(group, rebalance=1500)
    wait_for_rebalance(connections[0], group, members[0])
    connections[0].send_join(group, members[0].member, rebalance=1500)

    def gone():
        answer = connections[1].heartbeat(group, members[1].generation, members[1].member)
        assert answer in (REBALANCE_IN_PROGRESS, UNKNOWN_MEMBER_ID)
        return answer == UNKNOWN_MEMBER_ID

    # It lives, and does not join.
    wait_until(gone, 10, "the end of its patience")
    first, third = connections[0].joined(), connections[2].joined()
    assert first.generation == third.generation == members[0].generation + 1
    assert len(first.members) + len(third.members) == 2


def test_who_does_not_ask_for_its_share_is_left_behind(connections):
    group = new_group()
    members = stable(connections[:2], group, rebalance=1500)
    for connection, member in zip(connections, members):
        # The leader joins again: that starts a rebalance.
        connection.send_join(group, member.member, rebalance=1500)
        if member is members[0]:
            wait_for_rebalance(connections[1], group, members[1])
    first, second = connections[0].joined(), connections[1].joined()
    assert first.generation == second.generation == members[0].generation + 1
    shares = {first.member: b"a", second.member: b"b"}
    assert connections[0].sync(group, first.generation, first.member, shares) == (NONE, b"a")
    wait_until(lambda: connections[1].heartbeat(group, second.generation, second.member) == UNKNOWN_MEMBER_ID, 10,
               "the end of its patience")
    assert connections[0].heartbeat(group, first.generation, first.member) == REBALANCE_IN_PROGRESS


def test_a_leader_that_never_assigns_is_replaced(connections):
    """The followers wait for their share no longer than the rebalance may take."""
    group = new_group()
    members = stable(connections[:2], group, rebalance=1500, session=2000)
    connections[2].join_start(group, rebalance=1500)
    wait_for_rebalance(connections[0], group, members[0])
    for connection, member in zip(connections, members):
        connection.send_join(group, member.member, rebalance=1500)
    joined = [connection.joined() for connection in connections[:3]]
    (lead,) = (number for number, answer in enumerate(joined) if answer.members)
    followers = [number for number in range(3) if number != lead]
    for number in followers:
        connections[number].send_sync(group, joined[number].generation, joined[number].member)
    for number in followers:
        assert connections[number].synced()[0] == REBALANCE_IN_PROGRESS
    for number in followers:
        connections[number].send_join(group, joined[number].member)
    again = [connections[number].joined() for number in followers]
    assert {answer.error for answer in again} == {NONE}
    assert sum(len(answer.members) for answer in again) == 2, "the old leader is gone"
    assert connections[lead].heartbeat(group, joined[lead].generation, joined[lead].member) == UNKNOWN_MEMBER_ID


def test_several_members_leave_at_once(connections):
    group = new_group()
    members = stable(connections[:3], group)
    body = string(group) + struct.pack(">i", 3)
    for name in (members[1].member, "nobody", members[2].member):
        body += string(name) + nullable(None)
    reader = connections[0].ask(LEAVE, 3, body)
    assert reader.take("ih")[1] == NONE
    answers = reader.array(lambda: (reader.string(), reader.string(), reader.take("h")))
    assert [error for _, _, error in answers] == [NONE, UNKNOWN_MEMBER_ID, NONE]
    assert connections[0].heartbeat(group, members[0].generation, members[0].member) == REBALANCE_IN_PROGRESS
    assert len(connections[0].join(group, members[0].member).members) == 1


def test_a_rejoin_that_changes_nothing_starts_no_rebalance(connections):
    group = new_group()
    leader, follower = stable(connections[:2], group)
    connections[1].send_join(group, follower.member)
    again = connections[1].joined()
    assert (again.error, again.generation, again.members) == (NONE, leader.generation, [])
    assert connections[0].heartbeat(group, leader.generation, leader.member) == NONE
    # What it can do has changed: that does.
    connections[1].send_join(group, follower.member, protocols=[("range", b"new")])
    wait_for_rebalance(connections[0], group, leader)
    answer = connections[0].join(group, leader.member)
    assert sorted(metadata for _, _, metadata in answer.members) == [b"", b"new"]


def test_the_protocol_that_most_like_is_taken(connections):
    group = new_group()
    votes = [["a", "b", "c"], ["c", "b"], ["b", "c"]]
    connections[0].join_start(group, protocols=[(name, name.encode()) for name in votes[0]])
    first = connections[0].joined()
    assert first.protocol == "a"
    for number in (1, 2):
        connections[number].join_start(group, protocols=[(name, name.encode()) for name in votes[number]])
    wait_for_rebalance(connections[0], group, first)
    connections[0].send_join(group, first.member, protocols=[(name, name.encode()) for name in votes[0]])
    joined = [connection.joined() for connection in connections[:3]]
    # All know b and c; b has the votes of the first and the third.
    assert {answer.protocol for answer in joined} == {"b"}
    (members,) = (answer.members for answer in joined if answer.members)
    assert {metadata for _, _, metadata in members} == {b"b"}


def test_a_stable_group_is_as_it_was_behind_a_kill(tmp_path):
    broker = Broker(tmp_path, BROKER_SETTINGS).start()
    topic, pair = create_topic(broker, 4), Pair(broker)
    group, static = new_group(), GroupConnection(broker)
    first = static.join(group, instance="one")
    assert static.sync(group, first.generation, first.member, {first.member: b"all"}, "one") == (NONE, b"all")
    for _ in range(3):
        broker.kill()
        broker.start()
        pair.close()
        pair.leader, pair.follower = GroupConnection(broker), GroupConnection(broker)
        wait_until(lambda: pair.leader.heartbeat(pair.group, pair.generation, pair.lead) == NONE, 20, "the loading")
        pair.check()
        assert pair.leader.heartbeat(pair.group, pair.generation - 1, pair.lead) == ILLEGAL_GENERATION
        assert pair.leader.heartbeat(pair.group, pair.generation, "nobody") == UNKNOWN_MEMBER_ID
        assert pair.leader.commit(pair.group, topic, {0: 5}, pair.generation, pair.lead) == {0: NONE}
        with GroupConnection(broker) as back:
            again = back.join(group, instance="one")
            assert (again.error, again.generation) == (NONE, first.generation), "a static member comes back"
            assert back.sync(group, again.generation, again.member, instance="one") == (NONE, b"all")
    pair.close()
    broker.stop()


def test_a_rebalance_that_a_kill_ends_begins_anew(tmp_path):
    broker = Broker(tmp_path, BROKER_SETTINGS).start()
    pair = Pair(broker)
    with GroupConnection(broker) as third:
        third.join_start(pair.group)
        pair.leader.send_join(pair.group, pair.lead)
        broker.kill()
    broker.start()
    pair.close()
    pair.leader, pair.follower = GroupConnection(broker), GroupConnection(broker)
    wait_until(lambda: pair.leader.heartbeat(pair.group, pair.generation, pair.lead) == NONE, 20, "the loading")
    pair.check()
    pair.close()
    broker.stop()


def test_joiners_whose_connections_end_do_not_hold_up_the_group(broker, connections):
    """They are waited for no longer than their session; what they asked for is answered to nobody."""
    group = new_group()
    (leader,) = stable(connections[:1], group, session=1500, rebalance=4000)
    for _ in range(20):
        with GroupConnection(broker) as other:
            other.join_start(group, session=1500, rebalance=4000)
    connections[0].send_join(group, leader.member, session=1500, rebalance=4000)
    answer = connections[0].joined()
    assert answer.error == NONE and len(answer.members) <= 21
    shares = {answer.member: b"all"}
    assert connections[0].sync(group, answer.generation, answer.member, shares) == (NONE, b"all")

    def alone():
        nonlocal answer
        if connections[0].heartbeat(group, answer.generation, answer.member) == REBALANCE_IN_PROGRESS:
            connections[0].send_join(group, answer.member, session=1500, rebalance=4000)
            answer = connections[0].joined()
            connections[0].sync(group, answer.generation, answer.member, shares)
        return len(answer.members) == 1

    wait_until(alone, 30, "the dead joiners to be gone")


def test_a_group_of_three_hundred_joins(broker):
    """In one rebalance, and a quick one."""
    group = new_group()
    connections = [GroupConnection(broker) for _ in range(300)]
    try:
        first = connections[0].join(group, session=30_000, rebalance=30_000)
        assert connections[0].sync(group, first.generation, first.member, {first.member: b""})[0] == NONE
        began = time.monotonic()
        for connection in connections[1:]:
            connection.join_start(group, session=30_000, rebalance=30_000)
        connections[0].send_join(group, first.member, session=30_000, rebalance=30_000)
        joined = [connection.joined() for connection in connections]
        assert {answer.error for answer in joined} == {NONE} and {answer.generation for answer in joined} == {2}
        share(connections, group, joined)
        assert time.monotonic() - began < 10
    finally:
        for connection in connections:
            connection.socket.close()
