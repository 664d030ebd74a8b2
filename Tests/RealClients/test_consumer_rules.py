"""What a group of the consumer protocol (KIP-848) does when: over raw sockets, a heartbeat at a time."""

import uuid

import pytest
from confluent_kafka.admin import AdminClient, NewPartitions, NewTopic

from broker import Broker, wait_until
from conftest import create_topic
from groups import new_group
from test_group_admin import outcome
from wire_groups import ConsumerConnection

pytestmark = pytest.mark.timeout(90)
BROKER_SETTINGS = {
    "offsets.topic.num.partitions": 4, "group.consumer.max.size": 20,
    "group.consumer.min.heartbeat.interval.ms": 100, "group.consumer.heartbeat.interval.ms": 200,
    "group.consumer.min.session.timeout.ms": 1000, "group.consumer.session.timeout.ms": 2000}

NONE, UNKNOWN_MEMBER_ID, GROUP_MAX_SIZE_REACHED, FENCED_INSTANCE_ID = 0, 25, 81, 82
FENCED_MEMBER_EPOCH, STALE_MEMBER_EPOCH = 110, 113


@pytest.fixture(scope="module")
def admin(broker):
    return AdminClient({"bootstrap.servers": broker.address})


class Member:
    """A client as it should be: it owns what it was told to, and says so."""

    def __init__(self, broker, group, topics, rebalance=30_000, **settings):
        self.connection = ConsumerConnection(broker)
        self.group, self.topics, self.rebalance, self.settings = group, topics, rebalance, settings
        self.id, self.epoch, self.owned = str(uuid.uuid4()), 0, {}
        self.last = self.join()

    def join(self):
        answer = self.connection.heartbeat_848(
            self.group, self.id, 0, self.topics, rebalance=self.rebalance, owned={}, **self.settings)
        return self.take(answer)

    def take(self, answer):
        assert answer.error == NONE, answer
        self.epoch = answer.epoch
        if answer.assignment is not None:
            self.owned = {topic: sorted(partitions) for topic, partitions in answer.assignment.items()}
        return answer

    def beat(self, owned=True):
        return self.take(self.connection.heartbeat_848(
            self.group, self.id, self.epoch, owned=self.owned if owned else None))

    def error(self, epoch=None, owned=None):
        return self.connection.heartbeat_848(
            self.group, self.id, self.epoch if epoch is None else epoch, owned=owned).error

    def leave(self):
        answer = self.connection.heartbeat_848(self.group, self.id, -1)
        self.connection.socket.close()
        return answer

    def count(self):
        return sum(map(len, self.owned.values()))


def settle(members, count):
    """All heartbeat until they own so many partitions between them, at one epoch, as evenly as it goes."""
    def settled():
        for member in members:
            member.beat()
        counts = [member.count() for member in members]
        even = max(counts) - min(counts) <= 1
        return sum(counts) == count and even and len({member.epoch for member in members}) == 1

    wait_until(settled, 20, "an even assignment")
    every = [(topic, number) for member in members for topic, numbers in member.owned.items() for number in numbers]
    assert len(every) == len(set(every)) == count, "nobody shares"


@pytest.fixture
def group():
    return new_group()


def test_partitions_change_hands_only_when_their_owner_has_given_them_up(broker, topic, group):
    one = Member(broker, group, [topic])
    assert one.count() == 4
    before, epoch = dict(one.owned), one.epoch
    two = Member(broker, group, [topic])
    assert two.epoch == epoch + 1 and two.count() == 0
    told = one.connection.heartbeat_848(group, one.id, epoch)
    (kept,) = told.assignment.values()
    assert told.epoch == epoch and len(kept) == 2, "two are to be given up first"
    for _ in range(5):
        # It still works on all four: nobody else gets them.
        again = one.connection.heartbeat_848(group, one.id, epoch, owned=before)
        assert (again.error, again.epoch) == (NONE, epoch)
        two.beat()
        assert two.count() == 0
    (topic_id,) = before
    done = one.connection.heartbeat_848(group, one.id, epoch, owned={topic_id: kept})
    assert done.error == NONE and done.epoch == epoch + 1
    one.take(done)
    one.owned = {topic_id: sorted(kept)}
    two.beat()
    assert two.owned == {topic_id: sorted({0, 1, 2, 3} - set(kept))}
    one.leave()
    settle([two], 4)
    two.leave()


def test_who_gives_nothing_up_in_time_is_fenced(broker, topic, group):
    one = Member(broker, group, [topic], rebalance=1500)
    two = Member(broker, group, [topic])
    before = dict(one.owned)

    def fenced():
        two.beat()
        return one.error(owned=before) == UNKNOWN_MEMBER_ID

    wait_until(fenced, 15, "the end of its patience")
    settle([two], 4)
    two.leave()


def test_who_is_silent_is_fenced(broker, topic, group):
    one, two = Member(broker, group, [topic]), Member(broker, group, [topic])
    settle([one, two], 4)
    settle_alone = lambda: [two.beat()] and two.count() == 4  # noqa: E731
    wait_until(settle_alone, 15, "the silent member's partitions")
    assert one.error() == UNKNOWN_MEMBER_ID
    one.epoch = 0
    one.join()
    settle([one, two], 4)


def test_an_answer_that_was_lost_costs_nothing(broker, topic, group):
    one = Member(broker, group, [topic])
    # The answer to its joining: it asks again, as the same member.
    epoch, owned = one.epoch, dict(one.owned)
    again = one.join()
    assert again.epoch == epoch and one.owned == owned
    # The answer that brings a new epoch: the last one still counts, with what was owned in it.
    two = Member(broker, group, [topic])
    lost = one.connection.heartbeat_848(group, one.id, epoch)
    (topic_id, kept), = lost.assignment.items()
    lost = one.connection.heartbeat_848(group, one.id, epoch, owned={topic_id: kept})
    assert lost.epoch == epoch + 1
    again = one.connection.heartbeat_848(group, one.id, epoch, owned={topic_id: kept})
    assert (again.error, again.epoch) == (NONE, epoch + 1)
    # With partitions that are not its own any more, it is fenced.
    assert one.error(epoch=epoch, owned=owned) == FENCED_MEMBER_EPOCH
    one.take(again)
    one.owned = {topic_id: sorted(kept)}
    settle([one, two], 4)
    assert one.error(epoch=one.epoch - 2 if one.epoch > 2 else 99) == FENCED_MEMBER_EPOCH
    one.leave()
    two.leave()


def test_nothing_is_repeated_unless_asked_for(broker, topic, group):
    one = Member(broker, group, [topic])
    assert one.beat(owned=False).assignment is None
    assert one.beat().assignment is None
    whole = one.connection.heartbeat_848(group, one.id, one.epoch, [topic], rebalance=30_000, owned=one.owned)
    assert whole.assignment is not None and {
        name: sorted(numbers) for name, numbers in whole.assignment.items()} == one.owned
    one.leave()


def test_topics_and_partitions_that_come_and_go(broker, admin, group):
    names = [f"{group}-first", f"{group}-second"]
    one = Member(broker, group, names)
    assert one.count() == 0, "there is neither"
    assert outcome(admin.create_topics([NewTopic(names[0], 2, 1)])) is None
    settle([one], 2)
    assert outcome(admin.create_topics([NewTopic(names[1], 3, 1)])) is None
    settle([one], 5)
    assert outcome(admin.create_partitions([NewPartitions(names[1], 6)])) is None
    settle([one], 8)
    two = Member(broker, group, names)
    settle([one, two], 8)
    assert outcome(admin.delete_topics([names[1]])) is None
    settle([one, two], 2)
    one.leave()
    settle([two], 2)
    # It subscribes to something else.
    other = create_topic(broker, 3)
    two.take(two.connection.heartbeat_848(group, two.id, two.epoch, [other], rebalance=30_000, owned=two.owned))
    settle([two], 3)
    two.take(two.connection.heartbeat_848(group, two.id, two.epoch, [], rebalance=30_000, owned=two.owned))
    settle([two], 0)
    two.leave()


def test_assignors(broker, group):
    topics = [create_topic(broker, 3), create_topic(broker, 3)]
    members = [Member(broker, group, topics, assignor="range") for _ in range(2)]
    wait_until(lambda: [member.beat() for member in members] and sum(member.count() for member in members) == 6, 20,
               "the assignment")
    # The first of them, by id, has the first two partitions of either topic.
    first, second = sorted(members, key=lambda member: member.id)
    assert sorted(first.owned.values()) == [[0, 1], [0, 1]] and sorted(second.owned.values()) == [[2], [2]]
    for member in members:
        member.leave()


def test_commits_and_fetches_know_the_epoch(broker, topic, group):
    one = Member(broker, group, [topic])
    old = one.epoch
    assert one.connection.commit_848(group, topic, {0: 1}, old, one.id) == {0: NONE}
    two = Member(broker, group, [topic])
    settle([one, two], 4)
    assert one.epoch > old
    assert one.connection.commit_848(group, topic, {0: 2}, old, one.id) == {0: STALE_MEMBER_EPOCH}
    assert one.connection.commit_848(group, topic, {0: 3}, one.epoch, one.id) == {0: NONE}
    assert one.connection.committed(group, topic, [0])[0] == (3, "", NONE), "who is no member may read"
    for member, epoch, code in [(one.id, one.epoch, NONE), (one.id, old, STALE_MEMBER_EPOCH),
                                (one.id, one.epoch + 1, STALE_MEMBER_EPOCH), ("nobody", old, UNKNOWN_MEMBER_ID)]:
        assert one.connection.committed_848(group, topic, [0], member, epoch)[0] == code, (member, epoch)
    assert one.connection.committed_848(group, topic, [0], one.id, one.epoch) == (NONE, {0: 3})
    one.leave()
    two.leave()


def test_the_classic_calls_do_not_reach_members(broker, topic, group):
    one = Member(broker, group, [topic])
    assert one.connection.heartbeat(group, one.epoch, one.id) == UNKNOWN_MEMBER_ID
    assert one.connection.sync(group, one.epoch, one.id)[0] == UNKNOWN_MEMBER_ID
    one.connection.send_join(group, protocols=[("range", b"no subscription")])
    assert one.connection.joined().error == 23, "inconsistent: its subscription cannot be read"
    one.connection.send_join(group, protocols=[("range", b"")], kind="connect")
    assert one.connection.joined().error == 23
    one.beat()
    one.leave()


def test_an_instance_has_one_member(broker, topic, group):
    one, other = Member(broker, group, [topic], instance="one"), Member(broker, group, [topic], instance="two")
    settle([one, other], 4)
    owned = dict(one.owned)
    assert one.connection.heartbeat_848(group, one.id, -2, instance="one").error == NONE
    # While it is away its partitions are kept for it.
    other.beat()
    assert other.count() == 2
    again = Member(broker, group, [topic], instance="one")
    settle([again, other], 4)
    assert again.owned == owned and again.id != one.id
    assert one.connection.heartbeat_848(
        group, one.id, one.epoch, owned=owned, instance="one").error == FENCED_INSTANCE_ID
    assert one.connection.heartbeat_848(group, one.id, -1, instance="one").error == FENCED_INSTANCE_ID
    assert again.connection.heartbeat_848(group, again.id, -1, instance="one").error == NONE
    settle([other], 4)
    other.leave()


def test_a_group_has_a_limit_of_members(broker, topic, group):
    members = [Member(broker, group, [topic]) for _ in range(20)]
    with ConsumerConnection(broker) as connection:
        ask = lambda: connection.heartbeat_848(  # noqa: E731
            group, str(uuid.uuid4()), 0, [topic], rebalance=1000, owned={}).error
        assert ask() == GROUP_MAX_SIZE_REACHED
        members.pop().leave()
        assert ask() == NONE
    for member in members:
        member.leave()


def test_a_group_is_as_it_was_behind_a_kill(tmp_path):
    broker = Broker(tmp_path, BROKER_SETTINGS).start()
    topic, group = create_topic(broker, 4), new_group()
    members = [Member(broker, group, [topic]) for _ in range(3)]
    settle(members[:2] + members[2:], 4)
    for _ in range(3):
        before = [(member.epoch, member.owned) for member in members]
        broker.kill()
        broker.start()
        for member in members:
            member.connection = ConsumerConnection(broker)
        wait_until(lambda: isinstance(members[0].connection.committed(group, topic, [0]), dict), 20, "the loading")
        for member, (epoch, owned) in zip(members, before):
            answer = member.beat()
            assert (answer.epoch, answer.assignment) == (epoch, None) and member.owned == owned
            assert member.error(epoch=epoch + 1) == FENCED_MEMBER_EPOCH
    # In the midst of a hand-over: it goes on.
    late = Member(broker, group, [topic])
    broker.kill()
    broker.start()
    members.append(late)
    for member in members:
        member.connection = ConsumerConnection(broker)
    wait_until(lambda: isinstance(members[0].connection.committed(group, topic, [0]), dict), 20, "the loading")
    settle(members, 4)
    for member in members:
        member.leave()
    broker.stop()


def test_many_members_and_partitions_settle(broker, group):
    topic = create_topic(broker, 100)
    members = []
    for _ in range(20):
        members.append(Member(broker, group, [topic]))
    settle(members, 100)
    for member in members[::2]:
        member.leave()
    settle(members[1::2], 100)
    for member in members[1::2]:
        member.leave()
