"""Prints the matrix of formats and readers at the end of a run that opened any."""

from collections.abc import Iterator

import pytest

from tests.conformance import environments, matrix


@pytest.fixture(autouse=True)
def asked_clients(request: pytest.FixtureRequest) -> Iterator[None]:
    """Note which clients a test asks; workers hand the note on with their reports."""
    environments.ASKED.clear()
    yield
    # A test that fails before it asks, or is skipped, still speaks for its format.
    for client in sorted(environments.ASKED):
        request.node.user_properties.append(("client", client))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The matrix, from the reports of all workers."""
    results: dict[str, list[str]] = {}
    for outcome in matrix.WORDS:
        for report in terminalreporter.stats.get(outcome, ()):
            # What a test asked is known when it is torn down, which every outcome's own report precedes.
            for client in _clients(terminalreporter, report.nodeid):
                results.setdefault(client, []).append(outcome)
    if results:
        terminalreporter.section("formats opened by other people's readers")
        for line in matrix.table(results):
            terminalreporter.write_line(line)


def _clients(reporter: pytest.TerminalReporter, nodeid: str) -> set[str]:
    reports = [one for kind in ("", *matrix.WORDS) for one in reporter.stats.get(kind, ())]
    return {
        str(value)
        for report in reports
        if report.nodeid == nodeid
        for name, value in getattr(report, "user_properties", ())  # a file left out whole has none
        if name == "client"
    }
