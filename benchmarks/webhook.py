"""Signed webhook events stored per second by a real `pakdee web`, as ratios to what limits it, in one run.

Several connections post bodies such as SendGrid's: 50 to 200 events of some 500 bytes, signed. The limits are
the same posts to an ASGI application that reads them and answers 204, on the same server with the same
options, and the check of the signatures alone. At the end the journal must hold every post that was answered.

    python -m benchmarks.webhook [--posts 2000] [--connections 8] [--url postgresql://user@host/empty_database]
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from typing import Any

SIZES = (50, 200)
ROUNDS = 3
DISTINCT = 64  # signed bodies that are made beforehand and posted in turn
TIME = "1795312800"


async def bare(
    scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """The least an application can do: read the body and answer."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})


def serve_bare(port: int) -> None:
    """The bare application on uvicorn, as `pakdee web` runs its own."""
    import uvicorn

    uvicorn.run(bare, port=port, access_log=False, log_level="warning", server_header=False)


def events(first: int, count: int) -> bytes:
    """A body as SendGrid writes it: an array with a line for each event, CR LF at the end."""
    lines = (json.dumps(event(number), separators=(",", ":")) for number in range(first, first + count))
    return ("[" + ",\r\n".join(lines) + "]\r\n").encode()


def event(number: int) -> dict[str, Any]:
    """One event of about 500 bytes; every third is an open, every fourth of the others a click."""
    kind = "open" if number % 3 == 0 else "click" if number % 4 == 0 else "delivered"
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
    return {
        "email": f"customer-{number}@example.com",
        "timestamp": int(TIME) + number % 1000,
        "smtp-id": f"<{number:022}@geopod-ismtpd-12>",
        "event": kind,
        "category": ["birthday"],
        "sg_event_id": f"{number:030}",
        "sg_message_id": f"{number:022}.recvd-5f7b9d4c8-abcde-1-68B0C5D2-2B.0",
        "pakdee_message": f"{number:032x}",
        "pakdee_attempt": f"{number // 1000:032x}",
        "ip": "203.0.113.7",
        "useragent" if kind != "delivered" else "response": agent,
    }


def requests(events_each: int, signing_key: str) -> list[bytes]:
    """Whole HTTP requests, ready to be written to a socket."""
    from pakdee.delivery import SIGNATURE_HEADER, TIMESTAMP_HEADER
    from pakdee.twin.keys import load_signing_key, sign

    key, made = load_signing_key(signing_key), []
    for number in range(DISTINCT):
        body = events(number * events_each, events_each)
        head = (
            "POST /sendgrid/events HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"{SIGNATURE_HEADER}: {sign(key, TIME, body)}\r\n{TIMESTAMP_HEADER}: {TIME}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


def posted(port: int, made: list[bytes], posts: int, connections: int) -> float:
    """Seconds until so many posts were answered 204, over several connections that stay open."""
    threads = [
        threading.Thread(target=_post, args=(port, list(islice(cycle(made), lane, posts, connections))))
        for lane in range(connections)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - began


def _post(port: int, mine: list[bytes]) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        for request in mine:
            connection.sendall(request)
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += connection.recv(4096)
            assert answer.startswith(b"HTTP/1.1 204"), answer


def verified(made: list[bytes], posts: int, key: str) -> float:
    """Seconds to check the signatures of so many posts, on one thread."""
    from pakdee.delivery import verify

    parts = [request.partition(b"\r\n\r\n") for request in made]
    heads = [dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:]) for head, *_ in parts]
    signatures = [head["X-Twilio-Email-Event-Webhook-Signature"] for head in heads]
    began = time.perf_counter()
    for (*_, body), signature in islice(cycle(zip(parts, signatures, strict=True)), posts):
        verify(body, signature=signature, timestamp=TIME, keys=[key])
    return time.perf_counter() - began


@contextmanager
def running(*command: str, **environment: str) -> Iterator[int]:
    """The port of a server in a process of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, *command, str(port)], env=os.environ | environment)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                assert process.poll() is None, "the server ended"
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def measured(directory: Path, url: str | None, size: int, posts: int, connections: int) -> dict[str, float]:
    """Events per second each way, the best of the rounds, and that nothing answered is missing."""
    from pakdee.house import open_house

    environment = {"PAKDEE_JOURNAL_URL": url} if url else {}
    house = open_house(directory, environment=environment)
    made = requests(size, house.local_keys.signing_key)
    before = house.journal.unread()
    with running("-m", "pakdee", "web", "--project", str(directory), "--port", **environment) as port:
        stored = [posted(port, made, posts, connections) for _ in range(ROUNDS)]
    assert house.journal.unread() - before == posts * ROUNDS, "an answered post is not in the journal"
    house.close()
    with running(
        "-c", "import sys; from benchmarks.webhook import serve_bare as s; s(int(sys.argv[1]))"
    ) as port:
        answered = [posted(port, made, posts, connections) for _ in range(ROUNDS)]
    checked = [verified(made, posts, house.webhook_keys[0]) for _ in range(ROUNDS)]
    ways = {"stored": stored, "bare": answered, "verified": checked}
    return {name: posts * size / statistics.median(seconds) for name, seconds in ways.items()}


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--posts", type=int, default=1000)
    options.add_argument("--connections", type=int, default=8)
    options.add_argument("--url", help="a journal in PostgreSQL instead of SQLite")
    given = options.parse_args()
    from pakdee import jobs

    with tempfile.TemporaryDirectory() as scratch:
        directory = Path(scratch) / "shop"
        jobs.new_project(directory)
        print(
            f"{given.posts} posts over {given.connections} connections, median of {ROUNDS} rounds, events/s"
        )
        for size in SIZES:
            found = measured(directory, given.url, size, given.posts, given.connections)
            print(
                f"{size:4} events a post: stored {found['stored']:9,.0f}   "
                f"bare application {found['bare']:9,.0f} (stored / bare {found['stored'] / found['bare']:.2f})   "
                f"signatures alone {found['verified']:9,.0f}"
            )


if __name__ == "__main__":
    main()
