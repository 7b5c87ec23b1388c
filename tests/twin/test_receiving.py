"""What the twin received is what was frozen, for every message, and it misbehaves on command."""

import json
import urllib.request

import pytest

from pakdee.delivery import read_back
from pakdee.domain.errors import DeliveryDelayed, DeliveryUnknown, KeyRefused


@pytest.fixture
def twin(kit, tmp_path):
    with kit.running(tmp_path) as found:
        yield found


def test_every_mail_arrives_as_its_body_says(twin, kit):
    """Subject, text, HTML, headers and arguments of 1,200 messages, some with values that look like tags."""
    sent = [*kit.batches(1100), *kit.batches(100, start=1100, value="~k7f3a0~ &amp; <b>ค่า</b>")]
    twin.send(*sent)
    want = {message: read_back(b.body, message) for b in sent for _, _, message, _ in b.messages}
    found = (
        twin.get("/twin/messages?limit=1000")["messages"]
        + twin.get("/twin/messages?limit=1000&offset=1000")["messages"]
    )

    assert len(found) == len(want) == 1200
    for message in found[::7]:
        mail, wanted = twin.get(f"/twin/messages/{message['id']}"), want[message["message"]]
        number = int(message["message"], 16)
        assert (mail["subject"], mail["text"], mail["html"]) == (wanted.subject, wanted.text, wanted.html)
        assert mail["to"] == f"c{number}@example.com"
        assert mail["headers"]["List-Unsubscribe"] == f"<https://shop.example/u/{number}>"
        assert mail["custom_args"] == {"pakdee_attempt": "ab" * 16, "pakdee_message": message["message"]}
        assert mail["categories"] == ["birthday"]


def test_the_raw_request_is_kept(twin, kit):
    [batch] = kit.batches(3)
    twin.send(batch)
    with urllib.request.urlopen(f"{twin.url}/twin/messages/2/request") as answer:
        raw = json.load(answer)

    assert [p["custom_args"]["pakdee_message"] for p in raw["personalizations"]] == [
        message for _, _, message, _ in batch.messages
    ]


def test_messages_are_found_by_address_subject_campaign_id_and_request(twin, kit):
    first, _ = twin.send(*kit.batches(12), *kit.batches(1, start=100))

    def found(query):
        return twin.get(f"/twin/messages?{query}")["found"]

    assert found("") == 13
    assert found("q=c11%40example") == 1
    assert found("q=%25") == 0  # a sign of LIKE stands for itself
    assert found("category=birthday") == 13
    assert found("category=welcome") == 0
    assert found(f"message={5:032x}") == 1
    assert found(f"request={first}") == 12


def test_a_message_sent_twice_is_counted(twin, kit):
    """The number to watch: 0 unless somebody sends one message again."""
    [batch] = kit.batches(4)
    twin.send(batch)
    assert twin.get("/twin/counts")["repeated"] == 0

    twin.send(batch)
    assert twin.get("/twin/counts")["repeated"] == 4


def test_faults_on_command(twin, kit):
    """Refused key, 429 with its waiting time, 500 before and after taking it, and then health again."""
    [batch] = kit.batches(1)

    twin.post("/twin/faults", {"refuse_key": True})
    with pytest.raises(KeyRefused):
        twin.send(batch)
    twin.post("/twin/faults", {"answer": 429, "wait": 30})
    with pytest.raises(DeliveryDelayed) as delayed:
        twin.send(batch)
    twin.post("/twin/faults", {"answer": 500})
    with pytest.raises(DeliveryUnknown):
        twin.send(batch)
    assert 28 <= delayed.value.retry_after <= 31
    assert twin.get("/twin/counts")["messages"] == 0

    twin.post("/twin/faults", {"answer": 500, "store": True})
    with pytest.raises(DeliveryUnknown):
        twin.send(batch)
    assert twin.get("/twin/counts")["messages"] == 1

    twin.post("/twin/faults", {"latency": 1.0})
    with pytest.raises(DeliveryUnknown):
        twin.sender(timeout=0.1).send(kit.claim(batch))
    twin.send(batch)


def test_another_key_is_refused(twin, kit):
    from pakdee.delivery import Sender

    [batch] = kit.batches(1)
    with pytest.raises(KeyRefused, match="authorization grant is invalid"):
        Sender(api_key="SG.other", url=twin.url, timeout=5).send(kit.claim(batch))


def test_it_says_that_it_is_well(twin):
    assert twin.get("/health") == {"status": "ok"}
