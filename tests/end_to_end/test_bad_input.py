"""Bad input of every kind: a clear message, the right exit code, and nothing sent or lost."""

from __future__ import annotations

import json
import sqlite3
import urllib.error
import urllib.request

import pytest

from .conftest import fetch, free_port, make_shop


@pytest.fixture(scope="module")
def _made(tmp_path_factory, commands):
    made = make_shop(tmp_path_factory.mktemp("bad") / "shop", commands, customers=400)
    yield made
    made.close()


@pytest.fixture
def shop(_made):
    """A small shop whose files are put back after each test; the twin is not running."""
    kept = {
        path: path.read_bytes()
        for folder in ("campaigns", "segments", "templates", "exports", "lists")
        for path in (_made.directory / folder).rglob("*")
        if path.is_file()
    }
    kept[_made.directory / "pakdee.toml"] = (_made.directory / "pakdee.toml").read_bytes()
    yield _made
    for folder in ("campaigns", "segments", "exports"):
        for path in (_made.directory / folder).glob("*"):
            if path not in kept:
                path.unlink()
    for path, content in kept.items():
        path.write_bytes(content)


def write(shop, file, text):
    path = shop.directory / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def swap(shop, file, old, new):
    text = (shop.directory / file).read_text(encoding="utf-8")
    assert old in text
    write(shop, file, text.replace(old, new))


def refused(shop, *words, code=1, **given):
    """Run a command that must fail with words for people: no traceback, a next step."""
    done = shop.pakdee(*words, check=code, **given)
    assert "Traceback" not in done.stderr
    assert "Next:" in done.stderr + done.stdout
    return done.stderr + done.stdout


SEGMENT = "title: {{en: T, th: ท}}\nwhere: {where}\n"


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("order_cuont >= 2", "order_count"),
        ("1=1; drop table x", "segments/bad.yaml:2"),
        ("tier = 3", "segments/bad.yaml:2"),
        ("email like '%@example.com'", "segments/bad.yaml:2"),
        ("read_csv('/etc/passwd') is not null", "segments/bad.yaml:2"),
        ("in_segment('bad')", "bad"),
    ],
)
def test_a_condition_that_cannot_be_used_stops_everything(shop, where, words):
    """Unknown features are guessed, hostile conditions refused, with file and line; nothing is sent."""
    write(shop, "segments/bad.yaml", SEGMENT.format(where=where))
    for command in (("check",), ("run", "--as-of", str(shop.day))):
        assert words in refused(shop, *command)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("customer|greet", "custmer|greet", "custmer"),
        ("{{ ui.button", "{% include 'x' %}{{ ui.button", "birthday/th.j2"),
        ("{{ ui.button", "{% for i in range(10**9) %}x{% endfor %}{{ ui.button", "birthday/th.j2"),
        ("links.redeem", "'javascript:alert(1)'", "birthday/th.j2"),
    ],
)
def test_a_template_that_cannot_be_trusted_stops_everything(shop, old, new, words):
    """A typo, an include, an endless loop and a forged link are found when loaded, not at the customer."""
    swap(shop, "templates/birthday/th.j2", old, new)
    for command in (("check",), ("plan", "--as-of", str(shop.day))):
        assert words in refused(shop, *command)


def test_a_campaign_naming_a_missing_segment(shop):
    """The nearest segment is offered."""
    swap(shop, "campaigns/win_back.yaml", "segment: quiet_regulars", "segment: quiet_regular")
    assert "quiet_regulars" in refused(shop, "run", "--as-of", str(shop.day))


def test_a_draft_is_never_sent(shop):
    """Named on the command line a draft is refused; in the day's run it is passed over; a plan shows it."""
    shop.pakdee("new", "campaign", "summer_gift", "--from", "birthday")
    assert "draft" in refused(shop, "run", "summer_gift", "--as-of", str(shop.day))
    planned = json.loads(shop.pakdee("plan", "summer_gift", "--as-of", str(shop.day), "--json").stdout)
    assert planned["plan"]["campaigns"][0]["verdicts"]["included"] > 0


def test_an_unknown_campaign_is_guessed(shop):
    """A typo on the command line is answered with the nearest name."""
    assert "birthday" in refused(shop, "run", "birthdy", "--as-of", str(shop.day))
    assert "birthday" in refused(shop, "stop", "birthdy", "--because", "x")


def test_a_key_that_does_not_act_is_refused(shop):
    """Approval is in the design but not built: the file says so instead of silently ignoring them."""
    swap(shop, "campaigns/birthday.yaml", "priority: 80", "priority: 80\napprove: {above: 9}")
    assert "campaigns/birthday.yaml:9" in refused(shop, "check")


def test_a_campaign_without_its_table_cannot_run(shop):
    """A campaign that needs facts the shop does not export says what it needs; the others go on."""
    exports = shop.directory / "bare"
    exports.mkdir(exist_ok=True)
    for name in ("customers", "orders"):
        (exports / f"{name}.csv").write_bytes((shop.directory / "exports" / f"{name}.csv").read_bytes())
    shop.pakdee("import", str(exports), "--accept-loss")
    try:
        write(shop, "segments/tea_people.yaml", SEGMENT.format(where="top_category = 'tea'"))
        swap(shop, "campaigns/win_back.yaml", "segment: quiet_regulars", "segment: tea_people")
        output = shop.pakdee("plan", "--as-of", str(shop.day)).stdout
        assert "cannot run: needs order_lines" in output
        assert "birthday" in output
        assert "cannot run: needs order_lines" in refused(
            shop, "segment", "tea_people", "--as-of", str(shop.day)
        )
    finally:
        shop.pakdee("import", str(shop.directory / "exports"), "--accept-loss")


def test_the_twin_is_not_running(shop):
    """Planned mails stay queued, the message names the address, and a later run sends each once."""
    words = refused(shop, "run", "birthday", "--as-of", str(shop.day))
    assert str(shop.twin_port) in words
    shop.pakdee("status", "--day", str(shop.day), check=3)
    shop.start_twin()
    sent = json.loads(shop.pakdee("run", "birthday", "--as-of", str(shop.day), "--json").stdout)
    assert sent["sent"]["still_due"] == 0
    assert shop.twin("/twin/counts")["messages"] == sent["sent"]["outcomes"]["accepted"]


def test_a_refused_key_stops_the_run_and_loses_nothing(shop):
    """401 ends the run with a clear word; what was planned stays queued."""
    process = shop.start_twin()
    before = shop.twin("/twin/counts")["messages"]
    fetch_json(f"http://127.0.0.1:{shop.twin_port}/twin/faults", {"times": 1000, "refuse_key": True})
    assert "key" in refused(shop, "run", "welcome", "--as-of", str(shop.day)).lower()
    assert shop.twin("/twin/counts")["messages"] == before
    fetch_json(f"http://127.0.0.1:{shop.twin_port}/twin/faults", {"times": 0})
    shop.pakdee("run", "welcome", "--as-of", str(shop.day))
    assert shop.twin("/twin/counts")["messages"] > before
    process.terminate()
    process.wait()


def fetch_json(url, body):
    request = urllib.request.Request(
        url, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


def test_live_mode_without_keys_is_an_error_and_never_the_twin(shop):
    """Live needs its keys and today; whatever is missing, nothing is planned or sent."""
    swap(shop, "pakdee.toml", 'mode = "twin"', 'mode = "live"')
    swap(shop, "pakdee.toml", 'max_age = "3 days"', 'max_age = "99999 days"')
    live = {"PAKDEE_JOURNAL_URL": f"sqlite:///{shop.directory}/live.sqlite"}
    assert "--as-of" in refused(shop, "run", "--as-of", str(shop.day), env=live)
    assert "SENDGRID_API_KEY" in refused(shop, "run", env=live)
    assert "PAKDEE_LINK_KEYS" in refused(shop, "run", env=live | {"SENDGRID_API_KEY": "SG.x"})
    shop.pakdee("status", check=1, env=live)


def test_a_journal_of_another_project_or_mode_is_refused(shop):
    """The journal says whose it is; a copied folder cannot send from another shop's memory."""
    shop.pakdee("status", "--day", "2026-01-01", check=1)
    swap(shop, "pakdee.toml", 'project = "baan-chaba"', 'project = "other-shop"')
    assert "baan-chaba" in refused(shop, "status")


def test_a_file_that_is_no_journal_is_refused(shop):
    """Rubbish, and a place that cannot be written, are told apart from an empty journal."""
    rubbish = shop.directory / "rubbish.sqlite"
    rubbish.write_bytes(b"this is not a database, " * 400)
    told = {
        url: refused(shop, "status", env={"PAKDEE_JOURNAL_URL": url})
        for url in (f"sqlite:///{rubbish}", "sqlite:////proc/journal.sqlite")
    }
    said = "file is not a database", "unable to open database file"
    assert [words in text for words, text in zip(said, told.values(), strict=True)] == [True, True]


def test_a_read_only_journal_is_refused(shop):
    """A journal that cannot be written stops a run before anyone is mailed."""
    path = shop.directory / "readonly.sqlite"
    shop.pakdee("status", check=1, env={"PAKDEE_JOURNAL_URL": f"sqlite:///{path}"})
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=DELETE")
    connection.close()
    url = f"sqlite:///file:{path}?mode=ro&uri=true"
    words = refused(shop, "run", "birthday", "--as-of", str(shop.day), env={"PAKDEE_JOURNAL_URL": url})
    assert "journal" in words


@pytest.mark.parametrize("body", [b"[]", b"x" * 10_000_000], ids=["unsigned", "ten megabytes of rubbish"])
def test_webhooks_from_anyone_are_turned_away(shop, body):
    """Unsigned deliveries and floods are refused with 4xx; nothing of them is kept."""
    port = free_port()
    web = shop.start("web", port=port)
    with pytest.raises(urllib.error.HTTPError) as refusal:
        fetch(f"http://127.0.0.1:{port}/sendgrid/events", body)
    refusal.value.close()
    assert refusal.value.code in (403, 413)
    assert shop.house().journal.unread() == 0
    web.terminate()
    web.wait()


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        ("customers.csv", None, "customers"),
        ("customers.csv", b"", "empty"),
        (
            "customers.csv",
            b"custmer_id,email,first_name,marketing_consent\n1,a@example.com,A,true\n",
            "customer_id",
        ),
        (
            "customers.csv",
            "customer_id,email,first_name,marketing_consent\n1,a@example.com,สมชาย,true\n".encode("cp874"),
            "encoding",
        ),
    ],
    ids=["missing file", "empty file", "wrong column", "undeclared encoding"],
)
def test_an_export_that_cannot_be_used_is_refused_whole(shop, file, content, words):
    """The last snapshot stays in force."""
    before = shop.house().snapshot.id
    path = shop.directory / "exports" / file
    path.unlink() if content is None else path.write_bytes(content)
    assert words in refused(shop, "import", str(shop.directory / "exports"))
    assert shop.house().snapshot.id == before


def test_bad_rows_are_set_aside_and_counted(shop):
    """An impossible date and a doubled id cost their rows, not the import."""
    path = shop.directory / "exports" / "orders.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    heads = lines[0].split(",")
    cells = dict(zip(heads, lines[1].split(","), strict=True))
    impossible = cells | {"order_id": "X1", "ordered_at": "2026-02-31"}
    doubled = cells | {"net_amount": "1.00"}
    extra = [",".join(row[h] for h in heads) for row in (impossible, doubled)]
    path.write_text("\n".join([*lines, *extra]) + "\n", encoding="utf-8")
    report = json.loads(shop.pakdee("import", str(shop.directory / "exports"), "--json").stdout)
    reasons = " ".join(report["reject_counts"])
    assert "not a date" in reasons
    assert "same key" in reasons


def test_a_folder_that_is_no_project(tmp_path, shop):
    """The message says how to make one."""
    del shop
    import subprocess
    import sys

    command = [sys.executable, "-m", "pakdee", "run", "--project", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "pakdee init" in done.stderr


def test_wrong_usage_has_its_own_exit_code(shop):
    """A day that is none, and a stop without a reason."""
    assert shop.pakdee("run", "--as-of", "yesterday", check=2).stderr
    assert "--because" in shop.pakdee("stop", check=2).stderr
