"""kcat, with the librdkafka that Debian ships."""

import collections
import json
import subprocess

import pytest

from records import CODECS, COUNT, PARTITIONS

SHARE = COUNT // len(CODECS)


def kcat(broker, *arguments, stdin=None, deadline=120):
    command = ["kcat", "-b", broker.address, *arguments]
    done = subprocess.run(command, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=deadline)
    assert done.returncode == 0, (command, done.stderr.decode(errors="replace"))
    return done.stdout


def line(index):
    """A key and a value, either of which may be empty (null, with -Z)."""
    key = b"" if index % 5 == 0 else b"key-%d" % (index % 97)
    value = b"" if key and index % 50 == 1 else b"%d " % index + b"martlet " * (index % 40)
    return key + b"\t" + value


@pytest.mark.parametrize("codec", CODECS)
def test_round_trip(broker, topic, codec, tmp_path):
    lines = [line(index) for index in range(SHARE)]
    (tmp_path / "in").write_bytes(b"\n".join(lines) + b"\n")
    kcat(broker, "-P", "-t", topic, "-K", "\t", "-Z", "-z", codec, "-H", "first=1", "-H", "second=", "-l",
         str(tmp_path / "in"))
    output = kcat(broker, "-C", "-t", topic, "-o", "beginning", "-e", "-q", "-f", "%p\t%o\t%K\t%S\t%h\t%k\t%s\n")
    by_partition = collections.defaultdict(list)
    for got in output.splitlines():
        partition, offset, key_size, value_size, headers, key, value = got.split(b"\t")
        assert int(offset) == len(by_partition[partition])
        assert headers == b"first=1,second="
        # -1 is the size of a null.
        assert (int(key_size) == -1) == (key == b"") and (int(value_size) == -1) == (value == b"")
        by_partition[partition].append(key + b"\t" + value)
    assert len(by_partition) == PARTITIONS
    assert sorted(sum(by_partition.values(), [])) == sorted(lines)
    keys = [{got.split(b"\t")[0] for got in records} - {b""} for records in by_partition.values()]
    assert sum(map(len, keys)) == len(set.union(*keys)), "a key kept to one partition"
    for records in by_partition.values():
        numbers = [int(got.split(b"\t")[1].split()[0]) for got in records if not got.endswith(b"\t")]
        assert numbers == sorted(numbers)


def test_metadata_is_listed(broker, topic):
    listing = json.loads(kcat(broker, "-L", "-J", "-t", topic))
    host, port = broker.address.split(":")
    assert [node["name"] for node in listing["brokers"]] == [f"{host}:{port}"]
    (described,) = listing["topics"]
    assert described["topic"] == topic
    node = listing["brokers"][0]["id"]
    assert [partition["leader"] for partition in described["partitions"]] == [node] * PARTITIONS
    assert [partition["isrs"] for partition in described["partitions"]] == [[{"id": node}]] * PARTITIONS


def test_offsets_are_found_by_time(broker, topic):
    kcat(broker, "-P", "-t", topic, "-p", "0", stdin=b"one\ntwo\nthree\n")
    times = kcat(broker, "-C", "-t", topic, "-p", "0", "-o", "beginning", "-e", "-q", "-f", "%T\n").split()
    assert times == sorted(times) and len(times) == 3
    assert kcat(broker, "-Q", "-t", f"{topic}:0:{times[0].decode()}").split()[-1] == b"0"
    assert kcat(broker, "-Q", "-t", f"{topic}:0:-1").split()[-1] == b"3"
    assert kcat(broker, "-Q", "-t", f"{topic}:0:-2").split()[-1] == b"0"


def test_the_last_records_alone(broker, topic):
    kcat(broker, "-P", "-t", topic, "-p", "1", stdin=b"one\ntwo\nthree\n")
    assert kcat(broker, "-C", "-t", topic, "-p", "1", "-o", "-2", "-e", "-q") == b"two\nthree\n"
    assert kcat(broker, "-C", "-t", topic, "-p", "1", "-o", "1", "-c", "1", "-q") == b"two\n"
