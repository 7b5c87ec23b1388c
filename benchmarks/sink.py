"""A SendGrid that only says yes: reads each request whole, counts its personalizations, answers 202."""

from __future__ import annotations

import asyncio
import sys

COUNT = b'"pakdee_message"'
PLAIN = b'"to"'
ROOM = 1 << 20


class Sink(asyncio.BufferedProtocol):
    """One connection; a request is complete when Content-Length bytes have come after its head."""

    messages = 0

    def __init__(self, latency: float) -> None:
        self._latency = latency
        self._buffer = bytearray(ROOM)
        self._have, self._need = 0, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def get_buffer(self, _sizehint: int) -> memoryview:
        if self._have == len(self._buffer):
            self._buffer += bytes(max(ROOM, self._need - self._have))
        return memoryview(self._buffer)[self._have :]

    def buffer_updated(self, nbytes: int) -> None:
        self._have += nbytes
        if not self._need:
            self._begin()
        if self._need and self._have >= self._need:
            self._answer()
            self._have = self._need = 0

    def _begin(self) -> None:
        end = self._buffer.find(b"\r\n\r\n", 0, self._have)
        if end >= 0:
            lines = self._buffer[:end].lower().split(b"\r\n")
            found = [int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:")]
            self._need = end + 4 + (found[0] if found else 0)

    def _answer(self) -> None:
        if self._buffer.startswith(b"GET"):
            body = str(Sink.messages).encode()
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            return
        Sink.messages += self._buffer.count(COUNT, 0, self._need) or self._buffer.count(PLAIN, 0, self._need)
        reply = b"HTTP/1.1 202 Accepted\r\nX-Message-Id: sink-%d\r\nContent-Length: 0\r\n\r\n" % Sink.messages
        asyncio.get_running_loop().call_later(self._latency, self._transport.write, reply)


async def _serve(port: int, latency: float) -> None:
    server = await asyncio.get_running_loop().create_server(lambda: Sink(latency), "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), float(sys.argv[2])))
