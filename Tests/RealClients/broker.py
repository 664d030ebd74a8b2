"""The broker under test: a process of its own, as its users run it."""

import os
import pathlib
import re
import select
import signal
import subprocess
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXECUTABLE = pathlib.Path(os.environ.get("MARTLET", ROOT / ".build" / "martlet")).absolute()
READY = re.compile(r"ready on (\S+):(\d+)")


class Broker:
    def __init__(self, directory, settings=None, prepare=None):
        self.data = pathlib.Path(directory) / "data"
        self.log_path = pathlib.Path(directory) / "broker.log"
        self.settings = settings or {}
        self.prepare = prepare
        self.port = 0
        self.process = None

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self, deadline=30):
        """Starts it, on the same port as before if there was one, and returns once it says that it is ready."""
        command = [str(EXECUTABLE), "serve", "--listen", self.address]
        if "log.dirs" not in self.settings:
            command += ["--data-dir", str(self.data)]
        for key, value in self.settings.items():
            command += ["--set", f"{key}={value}"]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, start_new_session=True,
                preexec_fn=self.prepare)
        line = self._line_that_says_ready(time.monotonic() + deadline)
        self.port = int(READY.search(line)[2])
        threading.Thread(target=self._drain, args=(self.process.stdout,), daemon=True).start()
        return self

    def _line_that_says_ready(self, end):
        stdout, text = self.process.stdout, b""
        while not READY.search(text.decode(errors="replace")) or not text.endswith(b"\n"):
            readable, _, _ = select.select([stdout], [], [], max(0, end - time.monotonic()))
            piece = os.read(stdout.fileno(), 65536) if readable else b""
            if not piece:
                self.process.kill()
                raise AssertionError(
                    f"the broker did not become ready; it said {text!r}, ended with {self.process.wait()}\n"
                    + self.log_tail())
            text += piece
        return text.decode(errors="replace")

    def _drain(self, stdout):
        with open(self.log_path, "ab") as log:
            for line in stdout:
                log.write(line)

    def log_tail(self, size=4000):
        text = self.log_path.read_bytes() if self.log_path.exists() else b""
        return text[-size:].decode(errors="replace")

    def stop(self, deadline=30):
        """Asks it to end, as an init system does; it must end well."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(deadline)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"the broker did not stop in {deadline} s\n{self.log_tail()}")
        assert code == 0, f"the broker ended with {code}\n{self.log_tail()}"

    def kill(self):
        self.process.kill()
        self.process.wait()

    def assert_alive(self):
        assert self.process.poll() is None, f"the broker ended with {self.process.returncode}\n{self.log_tail()}"

    def resident_bytes(self, field="VmRSS"):
        """What it holds in memory now (VmRSS) or held at most (VmHWM), file pages included."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) * 1024
        raise AssertionError(f"no {field}")


def wait_until(condition, deadline=60, what="a condition"):
    """Polls; the clock decides only when to give up."""
    end = time.monotonic() + deadline
    wake = threading.Event()
    while not condition():
        assert time.monotonic() < end, f"gave up on {what} after {deadline} s"
        wake.wait(0.01)
