"""Plan, render, journal and send, against a plain script, to the same sink in the same run.

The plain script is what a shop would write first: read the customers with pandas, render the same words with
Jinja2, one SendGrid call per customer, no journal. Each way is a process of its own; figures are messages
per second of the whole process, start-up included.

    python -m benchmarks.end_to_end --customers 20000 --plain 2000 --runs 3
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

DAY = dt.date(2026, 6, 15)
PLAIN_TEMPLATE = """<html lang="en"><body style="font-family:sans-serif"><h1>Happy birthday, {{ c.first_name }}!</h1>
<p>Thank you for {{ c.order_count }} visits. A slice of cake waits for you until {{ until }}.</p>
<p><b>{{ code }}</b></p><p><a href="https://shop.example.com/redeem?code={{ code }}">Get your cake</a></p>
<p>You have spent {{ c.net_spend }} THB with us. <a href="https://shop.example.com/u/{{ code }}">Unsubscribe</a></p>
</body></html>"""


def ours(directory: str) -> int:
    """One day of a project, through the same jobs as `pakdee run`."""
    from pakdee import jobs
    from pakdee.house import open_house

    house = open_house(directory)
    jobs.plan_day(house, DAY)
    return jobs.send_due(house, DAY).accepted


def plain(directory: str, most: int) -> int:
    """The script a shop would write."""
    import jinja2
    import pandas as pd
    import sendgrid

    template = jinja2.Environment(autoescape=True).from_string(PLAIN_TEMPLATE)
    customers = pd.read_parquet(f"{directory}/plain.parquet").head(most)
    client = sendgrid.SendGridAPIClient("SG.plain", host=os.environ["PAKDEE_SENDGRID_URL"])
    sent = 0
    for c in customers.itertuples():
        html = template.render(c=c, code=f"CAKE{c.Index}", until=DAY + dt.timedelta(days=30))
        body = {
            "personalizations": [{"to": [{"email": c.email}], "subject": f"Happy birthday, {c.first_name}!"}],
            "from": {"email": "hello@shop.example.com"},
            "content": [{"type": "text/html", "value": html}],
        }
        sent += client.client.mail.send.post(request_body=body).status_code == 202
    return sent


def prepare(directory: Path, customers: int) -> None:
    """A project in which everybody has a birthday this week, and the same people for the plain script."""
    from pakdee import jobs, ledger
    from pakdee.house import open_house

    jobs.new_project(directory)
    ledger.generate_shop(directory / "exports", customers=customers, until=DAY, seed=1)
    for name in ("newsletter", "welcome", "win_back", "second_purchase", "tier_upgrade"):
        path = directory / "campaigns" / f"{name}.yaml"
        path.write_text(
            path.read_text(encoding="utf-8").replace("status: live", "status: paused"), encoding="utf-8"
        )
    path = directory / "campaigns" / "birthday.yaml"
    text = path.read_text(encoding="utf-8").replace("segment: birthday_this_week", "segment: everyone")
    path.write_text(
        text.replace("holdout: 5%\n", "").replace("goal: {order: 30 days}\n", ""), encoding="utf-8"
    )
    house = open_house(directory)
    jobs.import_facts(house, directory / "exports", assume_consent=True)
    table = next(house.features(DAY).shards(10**9)).to_pandas()
    table[["email", "first_name", "order_count", "net_spend"]].dropna().to_parquet(
        directory / "plain.parquet"
    )


def measured(way: str, directory: Path, url: str, most: int) -> dict[str, float]:
    """Seconds, messages and peak memory of one way in a process of its own."""
    for used in ("journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm"):
        (directory / "var" / used).unlink(missing_ok=True)
    shutil.rmtree(directory / "var" / "features", ignore_errors=True)
    code = f"from benchmarks import end_to_end as b; import json; print(json.dumps(b.child({way!r}, {str(directory)!r}, {most})))"
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PAKDEE_SENDGRID_URL": url},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.perf_counter() - started
    return json.loads(done.stdout.splitlines()[-1]) | {"seconds": seconds}


def child(way: str, directory: str, most: int) -> dict[str, float]:
    """Run one way here."""
    messages = ours(directory) if way == "ours" else plain(directory, most)
    return {"messages": messages, "peak_mb": peak_mb()}


def peak_mb() -> float:
    """Peak memory of this process since it began; getrusage would count what its parent held before."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--customers", type=int, default=20_000)
    options.add_argument("--plain", type=int, default=2_000)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--latency", type=float, default=0.0, help="seconds the sink waits per request")
    given = options.parse_args()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sink = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.sink", str(port), str(given.latency)], stdout=subprocess.PIPE
    )
    assert sink.stdout is not None
    sink.stdout.readline()
    try:
        with tempfile.TemporaryDirectory() as folder:
            project = Path(folder) / "shop"
            prepare(project, given.customers)
            report(project, f"http://127.0.0.1:{port}", given)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as counted:
            print(f"the sink counted {counted.read().decode()} messages in all runs")
    finally:
        sink.terminate()


def report(project: Path, url: str, given: argparse.Namespace) -> None:
    rates: dict[str, list[float]] = {"ours": [], "plain": []}
    for _ in range(given.runs):
        for way, found in rates.items():
            run = measured(way, project, url, given.plain)
            found.append(run["messages"] / run["seconds"])
            print(
                f"{way:6} {run['messages']:8.0f} messages {run['seconds']:7.2f} s {run['peak_mb']:6.0f} MB peak"
            )
    ratio = statistics.median(a / b for a, b in zip(rates["ours"], rates["plain"], strict=True))
    for way, found in rates.items():
        print(f"{way:6} median {statistics.median(found):8.0f} messages/s")
    print(f"ratio  median {ratio:8.1f}")


if __name__ == "__main__":
    main()
