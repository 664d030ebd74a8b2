"""Requests and answers of groups, byte by byte: the last versions before the flexible ones, and KIP-848's."""

import collections
import struct
import uuid

from broker import wait_until
from wire import Connection, frame, header, string

OFFSET_COMMIT, OFFSET_FETCH, FIND_COORDINATOR, JOIN, HEARTBEAT, LEAVE, SYNC = 8, 9, 10, 11, 12, 13, 14
CONSUMER_HEARTBEAT = 68


def nullable(text):
    return struct.pack(">h", -1) if text is None else string(text)


def data(value):
    return struct.pack(">i", len(value)) + value


class Reader:
    def __init__(self, payload, at=0):
        self.payload, self.at = payload, at

    def take(self, format_):
        values = struct.unpack_from(">" + format_, self.payload, self.at)
        self.at += struct.calcsize(">" + format_)
        return values[0] if len(values) == 1 else values

    def bytes(self, size):
        self.at += size
        return self.payload[self.at - size:self.at]

    def string(self):
        size = self.take("h")
        return None if size < 0 else self.bytes(size).decode()

    def data(self):
        return self.bytes(self.take("i"))

    def array(self, element):
        return [element() for _ in range(self.take("i"))]

    def unsigned(self):
        number, shift = 0, 0
        while True:
            byte = self.take("B")
            number |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return number

    def compact(self):
        size = self.unsigned()
        return None if size == 0 else self.bytes(size - 1).decode()

    def tags(self):
        for _ in range(self.unsigned()):
            self.unsigned()
            self.bytes(self.unsigned())


Joined = collections.namedtuple("Joined", "error generation protocol leader member members")


class GroupConnection(Connection):
    """One member's view of the coordinator, which it finds first: that makes the topic of the offsets."""

    def __init__(self, broker, deadline=20):
        super().__init__(broker, deadline)
        wait_until(lambda: self.ask(FIND_COORDINATOR, 2, string("any group") + b"\0").take("ih")[1] == 0, deadline,
                   "the coordinator")

    def ask(self, key, version, body):
        self.send(frame(header(key, version) + body))
        return self.answer()

    def answer(self):
        payload = self.receive()
        assert payload is not None, "the broker closed the connection"
        return Reader(payload, 4)

    def send_join(self, group, member="", protocols=(("range", b""),), session=10_000, rebalance=10_000, instance=None,
                  kind="consumer", version=5):
        body = string(group) + struct.pack(">ii", session, rebalance) + string(member)
        body += (nullable(instance) if version >= 5 else b"") + string(kind) + struct.pack(">i", len(protocols))
        body += b"".join(string(name) + data(value) for name, value in protocols)
        self.send(frame(header(JOIN, version) + body))

    def joined(self, version=5):
        reader = self.answer()
        _, error, generation = reader.take("ihi")
        protocol, leader, member = reader.string(), reader.string(), reader.string()
        return Joined(error, generation, protocol, leader, member, reader.array(
            lambda: (reader.string(), reader.string() if version >= 5 else None, reader.data())))

    def join(self, group, member="", **settings):
        """Joins, with the id that the first answer brings if it has none."""
        self.send_join(group, member, **settings)
        answer = self.joined()
        if answer.error == 79 and member == "":
            return self.join(group, answer.member, **settings)
        return answer

    def join_start(self, group, **settings):
        """Gets an id and asks to join with it; `joined` waits for the answer."""
        self.send_join(group, **settings)
        answer = self.joined()
        assert answer.error == 79, answer
        self.send_join(group, answer.member, **settings)
        return answer.member

    def sync(self, group, generation, member, assignments=None, instance=None):
        self.send_sync(group, generation, member, assignments, instance)
        return self.synced()

    def send_sync(self, group, generation, member, assignments=None, instance=None):
        body = string(group) + struct.pack(">i", generation) + string(member) + nullable(instance)
        body += struct.pack(">i", len(assignments or {}))
        body += b"".join(string(name) + data(value) for name, value in (assignments or {}).items())
        self.send(frame(header(SYNC, 3) + body))

    def synced(self):
        """The error and the assignment."""
        reader = self.answer()
        _, error = reader.take("ih")
        return error, reader.data()

    def heartbeat(self, group, generation, member, instance=None):
        return self.ask(HEARTBEAT, 3, string(group) + struct.pack(">i", generation) + string(member)
                        + nullable(instance)).take("ih")[1]

    def leave(self, group, member="", instance=None):
        """The error for the group, or else for the member."""
        reader = self.ask(LEAVE, 3, string(group) + struct.pack(">i", 1) + string(member) + nullable(instance))
        _, error = reader.take("ih")
        errors = reader.array(lambda: (reader.string(), reader.string(), reader.take("h"))[2])
        return error or (errors[0] if errors else 0)

    def commit(self, group, topic, offsets, generation=-1, member="", instance=None, metadata=""):
        """Error by partition."""
        body = string(group) + struct.pack(">i", generation) + string(member) + nullable(instance)
        body += struct.pack(">i", 1) + string(topic) + struct.pack(">i", len(offsets))
        for partition, offset in offsets.items():
            body += struct.pack(">iqi", partition, offset, -1) + nullable(metadata)
        reader = self.ask(OFFSET_COMMIT, 7, body)
        reader.take("i")
        topics = reader.array(lambda: (reader.string(), reader.array(lambda: reader.take("ih"))))
        return dict(topics[0][1])

    def committed(self, group, topic, partitions):
        """Offset, metadata and error by partition."""
        body = string(group) + struct.pack(">i", 1) + string(topic) + struct.pack(">i", len(partitions))
        reader = self.ask(OFFSET_FETCH, 5, body + b"".join(struct.pack(">i", number) for number in partitions))
        reader.take("i")

        def partition():
            number, offset, _ = reader.take("iqi")
            metadata, error = reader.string(), reader.take("h")
            return number, (offset, metadata, error)

        topics = reader.array(lambda: (reader.string(), reader.array(partition)))
        error = reader.take("h")
        return error or dict(topics[0][1])


def unsigned(number):
    out = b""
    while number > 0x7F:
        out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
    return out + bytes([number])


def compact(text):
    return b"\0" if text is None else unsigned(len(text.encode()) + 1) + text.encode()


ConsumerHeartbeat = collections.namedtuple(
    "ConsumerHeartbeat", "error message member epoch interval assignment")


class ConsumerConnection(GroupConnection):
    """KIP-848."""

    def commit_848(self, group, topic, offsets, epoch, member):
        """Error by partition; from the version on that members of consumer groups must use."""
        body = compact(group) + struct.pack(">i", epoch) + compact(member) + compact(None)
        body += unsigned(2) + compact(topic)
        body += unsigned(len(offsets) + 1)
        for partition, offset in offsets.items():
            body += struct.pack(">iqi", partition, offset, -1) + compact("") + b"\0"
        reader = self.ask(OFFSET_COMMIT, 9, b"\0" + body + b"\0\0")
        reader.tags()
        reader.take("i")
        assert reader.unsigned() == 2 and reader.compact() == topic
        return dict((reader.take("ih"), reader.tags())[0] for _ in range(reader.unsigned() - 1))

    def committed_848(self, group, topic, partitions, member, epoch):
        """The group's error, and offset by partition."""
        body = unsigned(2) + compact(group) + compact(member) + struct.pack(">i", epoch)
        body += unsigned(2) + compact(topic) + unsigned(len(partitions) + 1)
        body += b"".join(struct.pack(">i", number) for number in partitions) + b"\0\0" + b"\0"
        reader = self.ask(OFFSET_FETCH, 9, b"\0" + body + b"\0\0")
        reader.tags()
        reader.take("i")
        assert reader.unsigned() == 2 and reader.compact() == group
        offsets = {}
        for _ in range(reader.unsigned() - 1):
            reader.compact()
            for _ in range(reader.unsigned() - 1):
                number, offset, _, _, _, _ = (
                    *reader.take("iqi"), reader.compact(), reader.take("h"), reader.tags())
                offsets[number] = offset
            reader.tags()
        return reader.take("h"), offsets

    def send_heartbeat_848(self, group, member="", epoch=0, topics=None, regex=None, instance=None, rebalance=-1,
                           assignor=None, owned=None):
        body = compact(group) + compact(member) + struct.pack(">i", epoch) + compact(instance) + compact(None)
        body += struct.pack(">i", rebalance)
        body += b"\0" if topics is None else unsigned(len(topics) + 1) + b"".join(map(compact, topics))
        body += compact(regex) + compact(assignor)
        if owned is None:
            body += b"\0"
        else:
            body += unsigned(len(owned) + 1)
            for topic, partitions in owned.items():
                body += topic.bytes + unsigned(len(partitions) + 1)
                body += b"".join(struct.pack(">i", number) for number in partitions) + b"\0"
        self.send(frame(header(CONSUMER_HEARTBEAT, 1) + b"\0" + body + b"\0"))

    def heartbeat_848(self, *arguments, **settings):
        self.send_heartbeat_848(*arguments, **settings)
        reader = self.answer()
        reader.tags()
        _, error = reader.take("ih")
        message, member = reader.compact(), reader.compact()
        epoch, interval = reader.take("ii")
        assignment = None
        if reader.take("b") == 1:
            assignment = {}
            for _ in range(reader.unsigned() - 1):
                topic = uuid.UUID(bytes=reader.bytes(16))
                assignment[topic] = [reader.take("i") for _ in range(reader.unsigned() - 1)]
                reader.tags()
            reader.tags()
        return ConsumerHeartbeat(error, message, member, epoch, interval, assignment)
