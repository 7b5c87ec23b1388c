"""Misbehaviour on command, for tests of those who send."""

from __future__ import annotations

import threading

import orjson
from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field


class Fault(BaseModel):
    """What is wrong with the next answers; the default is nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    times: int = Field(1, ge=0, description="For so many requests.")
    refuse_key: bool = Field(False, description="Answer 401 whatever the key.")
    answer: int | None = Field(None, ge=100, le=599, description="Answer with this status.")
    store: bool = Field(False, description="Take the request all the same before answering so.")
    latency: float = Field(0, ge=0, description="Seconds before the answer.")
    wait: int = Field(1, ge=0, description="With 429: seconds until X-RateLimit-Reset.")

    def response(self, now: float) -> Response:
        """The answer of a faulty service; `now` in unix seconds."""
        body = orjson.dumps({"errors": [{"field": None, "message": f"answer {self.answer} on command"}]})
        headers = {"X-RateLimit-Reset": str(int(now) + self.wait)} if self.answer == 429 else {}
        return Response(body, status_code=self.answer or 500, headers=headers, media_type="application/json")


class Faults:
    """The fault in force, counted down by each request."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._fault = Fault(times=0)

    def set(self, fault: Fault) -> None:
        """From the next request on."""
        with self._lock:
            self._fault = fault

    def next(self) -> Fault:
        """What is wrong with this request."""
        with self._lock:
            fault = self._fault
            if fault.times == 0:
                return Fault(times=0)
            self._fault = fault.model_copy(update={"times": fault.times - 1})
            return fault
