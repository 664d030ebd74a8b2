"""Kafka's own Java clients: compiles the driver once, and gives it commands."""

import hashlib
import itertools
import json
import pathlib
import shutil
import subprocess
import threading

from broker import ROOT

SOURCES = sorted((pathlib.Path(__file__).parent / "java").glob("*.java"))
JARS = ROOT / ".venv" / "java"
CLASSES = JARS / "classes"


def compile_driver():
    """Into .venv, when the sources or the jars are not those of the last time."""
    jars = sorted(JARS.glob("*.jar"))
    assert jars, f"no jars in {JARS}: run `make test-packages`"
    stamp = hashlib.sha256(b"".join(source.read_bytes() for source in SOURCES) + str(jars).encode()).hexdigest()
    if (CLASSES / "stamp").exists() and (CLASSES / "stamp").read_text() == stamp:
        return
    shutil.rmtree(CLASSES, ignore_errors=True)
    CLASSES.mkdir()
    command = ["javac", "-Xlint:all", "-Werror", "-cp", f"{JARS}/*", "-d", CLASSES, *SOURCES]
    subprocess.run(command, check=True, timeout=120)
    (CLASSES / "stamp").write_text(stamp)


class JavaError(Exception):
    @property
    def kind(self):
        return self.args[0]


class Driver:
    def __init__(self, broker, directory, deadline=60):
        compile_driver()
        self.deadline, self.numbers = deadline, itertools.count()
        self.answers, self.news = {}, threading.Condition()
        self.log = pathlib.Path(directory) / "java.log"
        self.process = subprocess.Popen(
            ["java", "-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", f"{CLASSES}:{JARS}/*", "Driver",
             broker.address],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=open(self.log, "wb"), text=True)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            number, *answer = line.rstrip("\n").split("\t")
            with self.news:
                self.answers[int(number)] = answer
                self.news.notify_all()
        with self.news:
            self.answers = None
            self.news.notify_all()

    def start(self, *words):
        """Begins a command; `finish` waits for its answer."""
        number = next(self.numbers)
        try:
            self.process.stdin.write("\t".join([str(number), *map(str, words)]) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            # It has ended; `finish` says so.
            pass
        return number

    def finish(self, number):
        with self.news:
            answered = self.news.wait_for(lambda: self.answers is None or number in self.answers, self.deadline)
            assert answered, f"no answer from the Java client in {self.deadline} s\n{self.log.read_text()[-2000:]}"
            assert self.answers is not None, f"the Java client has ended\n{self.log.read_text()[-4000:]}"
            state, *rest = self.answers.pop(number)
        if state == "error":
            raise JavaError(*rest)
        return json.loads(rest[0])

    def __call__(self, *words):
        return self.finish(self.start(*words))

    def admin(self, *words):
        return self("admin", *words)

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
