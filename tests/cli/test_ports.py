"""A port that can't be had is told in plain words, before anything is begun."""

import socket

import pytest
from typer.testing import CliRunner

from pakdee.cli import app
from pakdee.cli.ports import require_port
from pakdee.domain.errors import PakdeeError
from pakdee.saying import error_in


@pytest.fixture
def taken():
    """A port that somebody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.mark.parametrize("command", ["twin", "web", "desk"])
def test_a_taken_port_is_told_with_another_one(command, house, taken):
    """What is wrong, and the very words that work."""
    result = CliRunner().invoke(app, [command, "--port", str(taken), "--project", str(house.directory)])

    assert isinstance(result.exception, PakdeeError)
    assert str(result.exception) == (
        f"pakdee {command}: another program listens on port {taken} already\n"
        f"  Next: end it, or choose another port: pakdee {command} --port {taken + 1}"
    )
    assert f"ปิดโปรแกรมนั้น หรือเลือกพอร์ตอื่น: pakdee {command} --port {taken + 1}" in error_in(
        result.exception, "th"
    )


@pytest.mark.parametrize(
    ("host", "port", "told"),
    [
        ("127.0.0.1", 70_000, "there is no port 70000"),
        ("192.0.2.1", 0, "192.0.2.1 is no address of this machine"),
    ],
)
def test_what_is_no_port_or_address_is_told(host, port, told):
    """Nothing of the system's own words; a free one passes."""
    with pytest.raises(PakdeeError, match=told):
        require_port("web", host, port)
    require_port("web", "127.0.0.1", 0)
