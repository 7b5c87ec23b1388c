"""Work for a confined process: what a template must never do, done on purpose."""

from __future__ import annotations

import os
import signal
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any


def work(shared: dict[str, Any], task: str) -> Any:
    """Do `task`, or what stands behind its colon."""
    return globals()[task.partition(":")[0]](shared, task.partition(":")[2])


def echo(shared: dict[str, Any], words: str) -> list[str]:
    return [shared["greeting"], words]


def spin(*_: Any) -> None:
    while True:
        pass


def spin_in_c(*_: Any) -> int:
    return 7 ** (7**9)


def sleep(*_: Any) -> None:
    time.sleep(60)


def hoard(*_: Any) -> int:
    return len("x" * 10**9)


def hoard_slowly(*_: Any) -> int:
    return len([bytes(2**20) for _ in range(2_000)])


def take(_: Any, megabytes: str) -> int:
    return len(bytes(int(megabytes) * 2**20)) >> 20


def leave(*_: Any) -> None:
    sys.exit(0)


def abort(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def fail(*_: Any) -> None:
    raise RuntimeError("no answer")


def recurse(*_: Any) -> None:
    recurse()


def chatter(*_: Any) -> str:
    print("not an answer")
    print('{"nor": "this"}', flush=True)
    os.write(1, b"nor this\n")
    return "answer"


def flood(*_: Any) -> str:
    return "x" * 3_000_000


def write(_: Any, path: str) -> bool:
    Path(path).write_bytes(bytes(2_000_000))
    return True


def environment(*_: Any) -> list[str]:
    return sorted(os.environ)


def pid(*_: Any) -> int:
    return os.getpid()


def compute(_: Any, seconds: str) -> bool:
    until = time.process_time() + float(seconds)
    while time.process_time() < until:
        pass
    return True


def work_by_template(trial: Any, file: str) -> Any:
    """What a template's name says; any other is tried as usual."""
    name = file.partition("/")[0]
    if name in {"spin", "hoard", "abort"}:
        return work({}, name)
    return [(p.file, p.line, p.what, p.next_step, p.severity) for p in trial.problems(file)]


def who(_: Any, file: str) -> list[tuple[Any, ...]]:
    return [(f"templates/{file}", 1, str(os.getpid()), "", "error")]


def unchecked(shared: dict[str, Any], attack: str) -> str:
    """What the sandbox makes of a template that nobody checked, with a secret in the process."""
    os.environ["SENDGRID_API_KEY"] = shared["secret"]
    try:
        return sandbox().from_string(attack).render(shared["context"])
    except Exception as error:  # noqa: BLE001 -- whatever stops it has stopped it
        return type(error).__name__


@cache
def sandbox() -> Any:
    from mail_making import BRAND, PROGRAM

    from pakdee.rendering.kit import Kit

    return Kit.of("th", BRAND, "THB", PROGRAM).environments["html"]
