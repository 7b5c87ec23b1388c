"""Requests hold SendGrid's documented limits exactly, lose nobody, and say what the mail says."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pakdee.delivery import ATTEMPT_SLOT, limits, read_back, with_attempt, without
from pakdee.domain.errors import DeliveryError, RenderError
from pakdee.domain.vocabulary import Purpose

TAGS = [f"~k7f3a{n}~" for n in range(4)]
# Letters that make up tags, so that values often look like one.
HOSTILE = st.lists(
    st.sampled_from([*TAGS, "~k7f3", "a0~", "<b>", "&amp;", "ค่า", "\n", "\\", '"', "1", ""])
).map("".join)


def requests(batches):
    return [orjson.loads(batch.body) for batch in batches]


def messages(batches):
    return [p["custom_args"]["pakdee_message"] for r in requests(batches) for p in r["personalizations"]]


def test_a_request_says_who_what_and_how_and_nothing_personal_in_its_metadata(kit):
    """One `to` without a name, the one-click headers, plain text first, opaque ids only."""
    row = kit.row(7, {"~k7f3a0~": "250"})
    [batch] = kit.frozen(kit.shape(row, text="~k7f3a0~ points", html="<b>~k7f3a0~</b>"))

    assert orjson.loads(batch.body) == {
        "custom_args": {"pakdee_attempt": ATTEMPT_SLOT.decode()},
        "from": {"email": "hello@shop.example", "name": "Baan Kao"},
        "reply_to": {"email": "care@shop.example"},
        "categories": ["birthday"],
        "tracking_settings": {
            "click_tracking": {"enable": True, "enable_text": False},
            "open_tracking": {"enable": True},
            "subscription_tracking": {"enable": False},
        },
        "content": [
            {"type": "text/plain", "value": "~k7f3a0~ points"},
            {"type": "text/html", "value": "<b>~k7f3a0~</b>"},
        ],
        "personalizations": [
            {
                "to": [{"email": "c7@example.com"}],
                "subject": "สุขสันต์วันเกิด 7",
                "substitutions": {"~k7f3a0~": "250"},
                "headers": {
                    "List-Unsubscribe": f"<{row.draft.unsubscribe_url}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                },
                "custom_args": {"pakdee_message": row.draft.message_id},
            }
        ],
    }
    assert batch.drafts == (row.draft,)


def test_service_mail_has_no_unsubscribe_headers(kit):
    [batch] = kit.frozen(kit.shape(kit.row(1)), purpose=Purpose.SERVICE)

    assert "headers" not in orjson.loads(batch.body)["personalizations"][0]


@pytest.mark.parametrize(
    ("rows", "sizes"), [(999, [999]), (1000, [1000]), (1001, [1000, 1]), (2500, [1000, 1000, 500])]
)
def test_at_most_a_thousand_in_one_request(kit, rows, sizes):
    batches = kit.frozen(kit.shape(*(kit.row(n) for n in range(rows))))

    assert [len(batch.drafts) for batch in batches] == sizes
    assert messages(batches) == [f"{n:032x}" for n in range(rows)]


def test_no_address_twice_in_a_request_whatever_its_case(kit):
    """Three customers with one address go out in three requests, nobody is left out."""
    same = ["Ada@Example.com", "ben@example.com", "ada@example.COM", " ada@example.com "]
    batches = kit.frozen(kit.shape(*(kit.row(n, address=address) for n, address in enumerate(same))))

    assert [len(batch.drafts) for batch in batches] == [2, 1, 1]
    assert sorted(messages(batches)) == [f"{n:032x}" for n in range(4)]


@pytest.mark.parametrize(("slots", "is_together"), [(150, True), (151, False)])
def test_over_150_slots_a_mail_goes_alone_and_rendered(kit, slots, is_together):
    values = {f"~k7f3a{n}~": str(n) for n in range(slots)}
    text = " ".join(values)
    batches = kit.frozen(kit.shape(kit.row(1, values), kit.row(2, values), text=text))

    assert len(batches) == (1 if is_together else 2)
    assert all(("substitutions" in r["personalizations"][0]) == is_together for r in requests(batches))
    assert read_back(batches[-1].body, f"{2:032x}").text == " ".join(map(str, range(slots)))


def test_slots_of_over_10000_bytes_go_alone_and_rendered(kit):
    """Bytes are counted, not letters: 3,300 Thai letters are over 9,900 bytes."""
    fits, over = "ก" * 3300, "ก" * 3340
    rows = [kit.row(n, {"~k7f3a0~": value}) for n, value in enumerate([fits, over, fits])]
    batches = kit.frozen(kit.shape(*rows, text="~k7f3a0~"))

    assert [[d.message_id[-1] for d in b.drafts] for b in batches] == [["0", "2"], ["1"]]
    assert read_back(batches[1].body, f"{1:032x}").text == over


def test_a_request_stays_under_30_megabytes(kit):
    """Content of 25 MB leaves room for few: the batch is cut, not refused."""
    rows = [kit.row(n, {"~k7f3a0~": "x" * 9_900}) for n in range(700)]
    batches = kit.frozen(kit.shape(*rows, html="h" * 25_000_000 + "~k7f3a0~"))

    assert len(batches) == 2
    assert all(len(batch.body) <= limits.REQUEST_BYTES for batch in batches)
    assert sorted(messages(batches)) == sorted(row.draft.message_id for row in rows)


def test_a_mail_of_over_30_megabytes_is_an_error_that_says_so(kit):
    with pytest.raises(RenderError, match="30 MB"):
        kit.frozen(kit.shape(kit.row(1), html="h" * 30_000_000))


@pytest.mark.parametrize("subject", [" ", "a\nBcc: everyone@example.com"])
def test_a_subject_is_one_line_with_something_in_it(kit, subject):
    with pytest.raises(RenderError, match="subject"):
        kit.frozen(kit.shape(kit.row(1, subject=subject)))


def test_a_mail_without_content_is_an_error(kit):
    with pytest.raises(RenderError, match="no content"):
        kit.frozen(kit.shape(kit.row(1), text="", html=""))


def test_a_value_that_is_no_text_is_never_sent(kit):
    """SendGrid answers those with a bare "Bad Request" that names nothing."""
    with pytest.raises(TypeError):
        kit.frozen(kit.shape(kit.row(1, {"~k7f3a0~": 250}), text="~k7f3a0~"))


def test_a_sender_name_cannot_split_the_envelope(kit):
    [batch] = kit.frozen(kit.shape(kit.row(1)), from_name="Kao; Co, Ltd\r\n")

    assert orjson.loads(batch.body)["from"]["name"] == "Kao Co Ltd"


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(
        st.tuples(HOSTILE.filter(lambda s: s.strip() and "\n" not in s), *[HOSTILE] * 4),
        min_size=1,
        max_size=5,
    )
)
def test_what_a_reader_gets_is_the_rendering_whatever_stands_in_the_values(kit, rows):
    """Values that look like tags reach the reader as they are."""
    text, html = "a ~k7f3a0~ b ~k7f3a1~~k7f3a2~ c", "<p>~k7f3a3~ ~k7f3a0~</p>"
    made = [
        kit.row(n, dict(zip(TAGS, values, strict=True)), subject=subject)
        for n, (subject, *values) in enumerate(rows)
    ]
    batches = kit.frozen(kit.shape(*made, text=text, html=html))

    got = {d.message_id: read_back(b.body, d.message_id) for b in batches for d in b.drafts}
    for row, (subject, a, b, c, d) in zip(made, rows, strict=True):
        mail = got.pop(row.draft.message_id)
        assert (mail.subject, mail.text, mail.html) == (subject, f"a {a} b {b}{c} c", f"<p>{d} {a}</p>")
    assert not got


def test_the_same_messages_give_the_same_bytes_and_parsing_changes_nothing(kit):
    shape = kit.shape(
        *(kit.row(n, {"~k7f3a0~": 'ค่า "\\\n\x01 </script>'}) for n in range(50)), text="~k7f3a0~"
    )
    [once], [again] = kit.frozen(shape), kit.frozen(shape)

    assert once.body == again.body == orjson.dumps(orjson.loads(once.body))


def test_a_body_without_some_messages_is_the_body_frozen_without_them(kit):
    rows = [kit.row(n) for n in range(10)]
    [whole], [less] = kit.frozen(kit.shape(*rows)), kit.frozen(kit.shape(*rows[:3], *rows[4:9]))

    assert without(whole.body, {f"{3:032x}", f"{9:032x}", "somebody else"}) == less.body
    assert without(whole.body, {row.draft.message_id for row in rows}) == b""


def test_the_attempt_is_marked_at_its_own_place_only(kit):
    """A mail that quotes the slot keeps its words."""
    [batch] = kit.frozen(kit.shape(kit.row(1), text=ATTEMPT_SLOT.decode()))
    sent = with_attempt(batch.body, "ab" * 16)

    assert orjson.loads(sent)["custom_args"] == {"pakdee_attempt": "ab" * 16}
    assert len(sent) == len(batch.body)
    assert read_back(sent, f"{1:032x}").text == ATTEMPT_SLOT.decode()


@pytest.mark.parametrize("attempt", ["", 'a"b', "a b", "x" * 65])
def test_an_attempt_id_cannot_break_the_body(kit, attempt):
    [batch] = kit.frozen(kit.shape(kit.row(1)))

    with pytest.raises(ValueError, match="attempt id"):
        with_attempt(batch.body, attempt)


def test_asking_for_a_message_that_is_not_in_the_body_says_so(kit):
    [batch] = kit.frozen(kit.shape(kit.row(1)))

    with pytest.raises(DeliveryError, match="does not hold"):
        read_back(batch.body, "f" * 32)
