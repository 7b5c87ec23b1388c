"""What a running twin is told."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

PATIENCE = 120.0  # seconds until a twin that gives no answer is taken for broken


def tell(
    url: str, path: str, body: Mapping[str, Any], *, while_waiting: Callable[[], None] = lambda: None
) -> None:
    """Ask the twin at `url` for something; it may be starting still."""
    deadline = time.monotonic() + PATIENCE
    data = json.dumps(body).encode()
    while True:
        request = urllib.request.Request(
            url + path, data, {"Content-Type": "application/json"}, method="POST"
        )
        try:
            urllib.request.urlopen(request, timeout=30).close()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read()[:300]!r}") from error
        except OSError:
            while_waiting()
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return
