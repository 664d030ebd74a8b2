"""Members of a group in a process of their own, so that they can be killed:

    group_member.py KIND ADDRESS GROUP TOPIC OUTPUT COUNT [NAME=VALUE ...]

What happens is a line each in OUTPUT, and a record's line is written before its offset is committed: `assigned` and
`revoked MEMBER TOPIC:PARTITION ...`, `record MEMBER TOPIC PARTITION OFFSET`, `left MEMBER`, `failed MEMBER WHY`. Lines
on the standard input: `swap` lets half of the members leave and as many others join, `stop` (or its end) ends all.
"""

import asyncio
import itertools
import os
import sys
import threading

KINDS = ["confluent", "kafka-python", "aiokafka"]
SESSION_MS, HEARTBEAT_MS = 3000, 300


class Member:
    """What the members of every client have in common."""

    numbers = itertools.count(1)

    def __init__(self, options):
        self.options = options
        self.name = f"{os.getpid()}.{next(self.numbers)}"
        self.leaving = threading.Event()

    def say(self, kind, *words):
        # One write for a line, so that a kill leaves whole lines.
        os.write(self.options["output"], (" ".join([kind, self.name, *map(str, words)]) + "\n").encode())

    def assigned(self, partitions):
        self.say("assigned", *(f"{at.topic}:{at.partition}" for at in partitions))

    def revoked(self, partitions):
        self.say("revoked", *(f"{at.topic}:{at.partition}" for at in partitions))

    def start(self):
        self.thread = threading.Thread(target=self.live, daemon=True)
        self.thread.start()

    def live(self):
        try:
            self.work()
            self.say("left")
        except BaseException as error:
            self.say("failed", repr(error))
            raise

    def leave(self):
        self.leaving.set()

    def join(self):
        self.thread.join(30)


class ConfluentMember(Member):
    def work(self):
        from confluent_kafka import Consumer, KafkaError
        options = self.options
        settings = {
            "bootstrap.servers": options["address"], "group.id": options["group"], "client.id": self.name,
            "auto.offset.reset": "earliest", "enable.auto.commit": False, "group.protocol": options["protocol"],
            "fetch.wait.max.ms": 100, "reconnect.backoff.max.ms": 500}
        if options["protocol"] == "classic":
            settings |= {"session.timeout.ms": SESSION_MS, "heartbeat.interval.ms": HEARTBEAT_MS}
        if "instance" in options:
            settings["group.instance.id"] = options["instance"]
        if "strategy" in options:
            settings["partition.assignment.strategy"] = options["strategy"]
        consumer = Consumer(settings)
        consumer.subscribe(
            [options["topic"]], on_assign=lambda _, partitions: self.assigned(partitions),
            on_revoke=lambda consumer, partitions: self.give_up(consumer, partitions),
            on_lost=lambda _, partitions: self.revoked(partitions))
        while not self.leaving.is_set():
            message, count = consumer.poll(0.1), 0
            while message is not None:
                if message.error() is None:
                    self.say("record", message.topic(), message.partition(), message.offset())
                elif message.error().code() == KafkaError._FATAL:
                    raise RuntimeError(message.error().str())
                count += 1
                message = consumer.poll(0) if count < 100 else None
            self.commit(consumer)
        consumer.close()

    def give_up(self, consumer, partitions):
        self.commit(consumer)
        self.revoked(partitions)

    def commit(self, consumer):
        from confluent_kafka import KafkaException
        try:
            consumer.commit(asynchronous=False)
        except KafkaException:
            # Nothing to commit, or a rebalance came first: the next owner reads these records again.
            pass


class KafkaPythonMember(Member):
    def work(self):
        import kafka
        from kafka.errors import KafkaError
        options, listener = self.options, kafka.ConsumerRebalanceListener
        member = self

        class Listener(listener):
            def on_partitions_revoked(self, revoked):
                member.revoked(revoked)

            def on_partitions_assigned(self, assigned):
                member.assigned(assigned)

        settings = {"group_instance_id": options["instance"]} if "instance" in options else {}
        consumer = kafka.KafkaConsumer(
            bootstrap_servers=options["address"], group_id=options["group"], client_id=self.name,
            auto_offset_reset="earliest", enable_auto_commit=False, session_timeout_ms=SESSION_MS,
            heartbeat_interval_ms=HEARTBEAT_MS, fetch_max_wait_ms=100, reconnect_backoff_max_ms=500,
            metrics_enabled=False, **settings)
        consumer.subscribe([options["topic"]], listener=Listener())
        while not self.leaving.is_set():
            try:
                batches = consumer.poll(timeout_ms=100)
                for record in itertools.chain(*batches.values()):
                    self.say("record", record.topic, record.partition, record.offset)
                if batches:
                    consumer.commit()
            except KafkaError as error:
                if "Fenced" in type(error).__name__:
                    raise
        consumer.close(autocommit=False)


class AioMember(Member):
    """All of them share one event loop."""

    loop = None

    def start(self):
        if AioMember.loop is None:
            AioMember.loop = asyncio.new_event_loop()
            threading.Thread(target=AioMember.loop.run_forever, daemon=True).start()
        self.done = asyncio.run_coroutine_threadsafe(self.live_too(), AioMember.loop)

    def join(self):
        self.done.result(30)

    async def live_too(self):
        try:
            await self.work()
            self.say("left")
        except BaseException as error:
            self.say("failed", repr(error))
            raise

    async def work(self):
        import aiokafka
        from aiokafka.errors import KafkaError
        options, member = self.options, self

        class Listener(aiokafka.ConsumerRebalanceListener):
            def on_partitions_revoked(self, revoked):
                member.revoked(revoked)

            def on_partitions_assigned(self, assigned):
                member.assigned(assigned)

        while True:
            consumer = aiokafka.AIOKafkaConsumer(
                bootstrap_servers=options["address"], group_id=options["group"], client_id=self.name,
                group_instance_id=options.get("instance"), auto_offset_reset="earliest", enable_auto_commit=False,
                session_timeout_ms=SESSION_MS, heartbeat_interval_ms=HEARTBEAT_MS, fetch_max_wait_ms=100)
            consumer.subscribe([options["topic"]], listener=Listener())
            try:
                await consumer.start()
                break
            except KafkaError:
                # It does not wait for a broker that is just being started.
                await consumer.stop()
                await asyncio.sleep(0.1)
        try:
            while not self.leaving.is_set():
                try:
                    batches = await consumer.getmany(timeout_ms=100)
                    for record in itertools.chain(*batches.values()):
                        self.say("record", record.topic, record.partition, record.offset)
                    if batches:
                        await consumer.commit()
                except KafkaError as error:
                    if "Fenced" in type(error).__name__:
                        raise
        finally:
            await consumer.stop()


CLASSES = {"confluent": ConfluentMember, "kafka-python": KafkaPythonMember, "aiokafka": AioMember}


def main():
    kind, address, group, topic, output, count, *more = sys.argv[1:]
    options = dict(pair.split("=", 1) for pair in more)
    options |= {"address": address, "group": group, "topic": topic,
                "output": os.open(output, os.O_WRONLY | os.O_APPEND | os.O_CREAT)}
    options.setdefault("protocol", "classic")

    def begin(number):
        members = [CLASSES[kind](options) for _ in range(number)]
        for member in members:
            member.start()
        return members

    members = begin(int(count))
    for line in sys.stdin:
        if line == "swap\n":
            leaving, members = members[:len(members) // 2], members[len(members) // 2:]
            for member in leaving:
                member.leave()
            members += begin(len(leaving))
        else:
            break
    for member in members:
        member.leave()
    for member in members:
        member.join()


if __name__ == "__main__":
    main()
