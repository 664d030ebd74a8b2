import itertools
import resource

import pytest
from confluent_kafka.admin import AdminClient, NewTopic

from broker import EXECUTABLE, Broker

numbers = itertools.count()


def pytest_sessionstart(session):
    if not EXECUTABLE.exists():
        pytest.exit(f"{EXECUTABLE} is missing: run `make build`, or name another in MARTLET", returncode=2)
    # Thousands of connections from one process.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))


@pytest.fixture(scope="module")
def broker(tmp_path_factory, request):
    """One broker for a module, on fresh data; it must have lived, and must end well when asked."""
    settings = getattr(request.module, "BROKER_SETTINGS", {})
    broker = Broker(tmp_path_factory.mktemp("broker"), settings).start()
    yield broker
    broker.assert_alive()
    broker.stop()


@pytest.fixture
def own_broker(tmp_path):
    """A broker that a test may kill and start again."""
    broker = Broker(tmp_path).start()
    yield broker
    broker.assert_alive()
    broker.stop()


@pytest.fixture
def topic(broker):
    """A new topic of four partitions."""
    return create_topic(broker, partitions=4)


def create_topic(broker, partitions=1, configs=None):
    name = f"topic-{next(numbers)}"
    admin = AdminClient({"bootstrap.servers": broker.address})
    for future in admin.create_topics([NewTopic(name, partitions, 1, config=configs or {})]).values():
        future.result(30)
    return name


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    for fixture in ("broker", "own_broker"):
        broker = getattr(item, "funcargs", {}).get(fixture)
        if report.failed and broker is not None:
            report.sections.append((f"end of the log of the {fixture}", broker.log_tail()))
    return report
