"""A busy server is asked again, a silent one is told of in words."""

import http.server
import threading
from pathlib import Path

import pytest

from pakdee.cli.orchestrator import Orchestrator, OrchestratorSilent


@pytest.fixture
def busy_server():
    """A server that is busy for the first two requests, as Prefect is while its database is locked."""
    answers = iter([503, 503])

    class Door(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(next(answers, 200))
            self.end_headers()
            self.wfile.write(b"[]")

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Door) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_busy_server_is_asked_again(busy_server):
    """Two refusals because the database is locked, then the answer."""
    assert Orchestrator(busy_server, home=Path()).deployments() == []


def test_a_silent_server_is_told_of_in_words():
    """Nobody listens: an error with the next step, no traceback of a socket."""
    with pytest.raises(OrchestratorSilent, match=r"prefect-server\.log"):
        Orchestrator("http://127.0.0.1:9", home=Path()).deployments()
