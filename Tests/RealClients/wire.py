"""Just enough of the protocol to send what no client library would: each byte is ours."""

import socket
import struct
import time

PRODUCE, FETCH, METADATA, API_VERSIONS, CREATE_TOPICS = 0, 1, 3, 18, 19


def crc32c(data, _table=[]):
    if not _table:
        for byte in range(256):
            for _ in range(8):
                byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
            _table.append(byte)
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _table[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


def string(text):
    return struct.pack(">h", len(text)) + text.encode()


def varint(number):
    number, out = (number << 1) ^ (number >> 63), b""
    while number > 0x7F or number < 0:
        out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
    return out + bytes([number])


def header(key, version, correlation=1, client="wire"):
    """Request header v1: for versions of requests before the flexible ones."""
    return struct.pack(">hhi", key, version, correlation) + string(client)


def frame(payload):
    return struct.pack(">i", len(payload)) + payload


def api_versions(correlation=1, version=0):
    return frame(header(API_VERSIONS, version, correlation))


def metadata(topics, correlation=1):
    body = struct.pack(">i", len(topics)) + b"".join(map(string, topics))
    return frame(header(METADATA, 1, correlation) + body)


def plain_record(value, delta):
    body = b"\0" + varint(0) + varint(delta) + varint(-1) + varint(len(value)) + value + varint(0)
    return varint(len(body)) + body


def batch(values, **wrong):
    """A record batch; `wrong` replaces single fields: length, magic, crc, attributes, last_delta, count, records."""
    records = wrong.get("records", b"".join(plain_record(value, delta) for delta, value in enumerate(values)))
    now = 1_700_000_000_000
    checked = struct.pack(
        ">hiqqqhii", wrong.get("attributes", 0), wrong.get("last_delta", len(values) - 1), now, now, -1, -1, -1,
        wrong.get("count", len(values))) + records
    crc = wrong.get("crc", crc32c(checked))
    tail = struct.pack(">ibI", -1, wrong.get("magic", 2), crc) + checked
    return struct.pack(">qi", wrong.get("base", 0), wrong.get("length", len(tail))) + tail


def produce(topic, partitions, acks=1, correlation=1, version=7):
    """`partitions` maps numbers to records."""
    body = struct.pack(">hhi", -1, acks, 30_000) + struct.pack(">i", 1) + string(topic)
    body += struct.pack(">i", len(partitions))
    for partition, records in partitions.items():
        body += struct.pack(">ii", partition, len(records)) + records
    return frame(header(PRODUCE, version, correlation) + body)


def produce_errors(response, topic):
    """Error code and base offset by partition, from an answer to produce v7."""
    at = 4 + 4 + 2 + len(topic)
    (count,) = struct.unpack_from(">i", response, at)
    answers = {}
    for index in range(count):
        partition, error, offset = struct.unpack_from(">ihq", response, at + 4 + index * 30)
        answers[partition] = (error, offset)
    return answers


class Connection:
    def __init__(self, broker, deadline=20):
        self.socket = socket.create_connection(("127.0.0.1", broker.port), timeout=deadline)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.deadline = deadline

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        """Sends what the other side still takes."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def receive(self):
        """The next response without its length, or None when the broker has closed the connection."""
        size = self._exactly(4)
        return None if size is None else self._exactly(struct.unpack(">i", size)[0])

    def _exactly(self, count):
        data, end = b"", time.monotonic() + self.deadline
        while len(data) < count:
            self.socket.settimeout(max(0.001, end - time.monotonic()))
            try:
                piece = self.socket.recv(count - len(data))
            except ConnectionResetError:
                return None
            if not piece:
                return None
            data += piece
        return data

    def is_closed_by_broker(self):
        """Waits for the end of the connection; whatever is answered before it is read."""
        while self.receive() is not None:
            pass
        return True
