"""A SendGrid that only says yes: reads each request, counts its personalizations, answers 202."""

from __future__ import annotations

import asyncio
import sys

COUNT = b'"pakdee_message"'
PLAIN = b'"to"'


class Sink(asyncio.Protocol):
    """One connection; requests are complete when Content-Length bytes have come."""

    messages = 0

    def __init__(self, latency: float) -> None:
        self._latency, self._parts, self._have, self._need = latency, [], 0, None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parts.append(data)
        self._have += len(data)
        if self._need is None:
            self._begin()
        if self._need is not None and self._have >= self._need:
            self._answer(b"".join(self._parts))
            self._parts, self._have, self._need = [], 0, None

    def _begin(self) -> None:
        head = b"".join(self._parts)
        end = head.find(b"\r\n\r\n")
        if end < 0:
            return
        lines = head[:end].lower().split(b"\r\n")
        length = next((int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")), 0)
        self._need = end + 4 + length

    def _answer(self, request: bytes) -> None:
        if request.startswith(b"GET"):
            body = str(Sink.messages).encode()
            reply = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
        else:
            Sink.messages += request.count(COUNT) or request.count(PLAIN)
            reply = (
                b"HTTP/1.1 202 Accepted\r\nX-Message-Id: sink-%d\r\nContent-Length: 0\r\n\r\n" % Sink.messages
            )
        if self._latency and not request.startswith(b"GET"):
            asyncio.get_running_loop().call_later(self._latency, self._transport.write, reply)
        else:
            self._transport.write(reply)


async def _serve(port: int, latency: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Sink(latency), "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2])))
