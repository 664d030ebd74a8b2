"""Groups as the tests see them: processes with members in them, and what these say."""

import collections
import itertools
import pathlib
import subprocess
import sys

from confluent_kafka import Producer

from broker import wait_until
from group_member import KINDS

__all__ = ["KINDS", "Process", "fill", "new_group", "wait_for_assignment"]

numbers = itertools.count()


def new_group():
    return f"group-{next(numbers)}"


def fill(broker, topic, partitions, each, first=0):
    """`each` records into every partition, numbered from `first` on."""
    producer = Producer({"bootstrap.servers": broker.address, "linger.ms": 5})
    for number in range(first, first + each):
        for partition in range(partitions):
            producer.produce(topic, b"%d %d" % (partition, number), partition=partition)
    assert producer.flush(30) == 0


class Process:
    """A process with `count` members of a group."""

    def __init__(self, kind, broker, group, topic, directory, count=1, **options):
        self.group = group
        self.output = pathlib.Path(directory) / f"members-{next(numbers)}"
        self.output.touch()
        self.read, self.rest = 0, b""
        self.records = []
        self.events = []
        self.assignments = collections.defaultdict(set)
        self.left, self.failed = set(), {}
        self.process = subprocess.Popen(
            [sys.executable, pathlib.Path(__file__).with_name("group_member.py"), kind, broker.address, group, topic,
             self.output, str(count), *(f"{name}={value}" for name, value in options.items())],
            stdin=subprocess.PIPE, stderr=open(str(self.output) + ".stderr", "wb"), text=True)

    def look(self):
        """Takes in what its members have said since the last look."""
        with open(self.output, "rb") as output:
            output.seek(self.read)
            text = output.read()
        self.read += len(text)
        *lines, self.rest = (self.rest + text).split(b"\n")
        for line in lines:
            self._take(*line.decode().split(" "))
        return self

    def _take(self, kind, member, *words):
        if kind == "record":
            self.records.append((words[0], int(words[1]), int(words[2])))
            return
        if kind == "failed":
            self.failed[member] = " ".join(words)
            return
        partitions = {(word.rpartition(":")[0], int(word.rpartition(":")[2])) for word in words if ":" in word}
        self.events.append((kind, member, partitions))
        if kind == "assigned":
            self.assignments[member] |= partitions
        elif kind == "revoked":
            self.assignments[member] -= partitions
        else:
            self.left.add(member)
            self.assignments.pop(member, None)

    def assigned(self):
        """The partitions of all of its members; none twice."""
        self.look()
        assert not self.failed, self.failed
        every = list(itertools.chain(*self.assignments.values()))
        return set(every) if len(set(every)) == len(every) else None

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.look()

    def stop(self, deadline=30):
        """Lets its members leave."""
        self.process.stdin.close()
        assert self.process.wait(deadline) == 0, (self.failed, self.stderr()[-2000:])
        self.look()
        assert not self.failed, self.failed

    def stderr(self):
        return pathlib.Path(str(self.output) + ".stderr").read_text(errors="replace")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()


def wait_for_assignment(processes, partitions, deadline=40, atleast=1):
    """Until the processes share the partitions of the topic among them, each at least some, none twice."""
    def shared():
        owned = [process.assigned() for process in processes]
        return None not in owned and all(len(part) >= atleast for part in owned) and (
            sum(map(len, owned)) == partitions == len(set.union(*owned)))

    wait_until(shared, deadline, f"an assignment; last seen: {[process.assignments for process in processes]}")
