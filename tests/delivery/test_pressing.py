"""Requests hold SendGrid's documented limits exactly, lose nobody, and say what the mail says."""

import datetime as dt
import gc

import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pakdee.delivery import ATTEMPT_SLOT, Press, limits, read_back
from pakdee.delivery.press import HELD_BYTES
from pakdee.domain.errors import RenderError
from pakdee.domain.message import ReservedOffer, Skeleton, Written
from pakdee.domain.vocabulary import Purpose

NINE = dt.datetime(2026, 11, 22, 2, 0, tzinfo=dt.UTC)
TAGS = tuple(f"~k7f3a{n}~" for n in range(4))
# Letters that make up tags, so that values often look like one, or become one with their neighbours.
HOSTILE = st.lists(
    st.sampled_from([*TAGS, "~k7f3", "a0~", "a3~", "~", "<b>", "&amp;", "ค่า", "\n", "\\", '"', "1", ""])
).map("".join)


def requests(batches):
    return [orjson.loads(batch.body) for batch in batches]


def messages(batches):
    return [p["custom_args"]["pakdee_message"] for r in requests(batches) for p in r["personalizations"]]


def test_a_request_says_who_what_and_how_and_nothing_personal_in_its_metadata(kit):
    """One `to` without a name, the one-click headers, plain text first, opaque ids only."""
    mail = kit.mail(7, ("250",))
    [batch] = kit.pressed(mail, text="~k7f3a0~ points", html="<b>~k7f3a0~</b>", tags=TAGS[:1])

    draft = mail[0]
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
                    "List-Unsubscribe": f"<{draft.unsubscribe_url}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                },
                "custom_args": {"pakdee_message": draft.message_id},
            }
        ],
    }


def test_a_request_comes_with_the_rows_the_journal_needs(kit):
    """Whose messages they are and what was promised in them, as flat tuples of text."""
    offer = ReservedOffer("cake", "K7RM", "100 THB", dt.date(2026, 12, 1))
    [batch] = kit.pressed(kit.mail(1, offer=offer), kit.mail(2))

    first, second = kit.draft(1), kit.draft(2)
    assert batch.messages == [
        ("customer-1", "2026", first.message_id, first.address_hash),
        ("customer-2", "2026", second.message_id, second.address_hash),
    ]
    assert batch.offers == [(first.message_id, "cake", "K7RM", "100 THB", "2026-12-01", None)]
    assert (batch.envelope, batch.not_before, batch.not_after) == (kit.envelope(), NINE, None)


def test_service_mail_has_no_unsubscribe_headers(kit):
    [batch] = kit.pressed(kit.mail(1), purpose=Purpose.SERVICE)

    assert "headers" not in orjson.loads(batch.body)["personalizations"][0]


def test_one_without_a_link_between_two_with_one_gets_none_of_theirs(kit):
    """The form is filled in again for each: nothing of the message before may stay in it."""
    middle = (kit.draft(2)._replace(unsubscribe_url=None), "Hello", ())
    [batch] = kit.pressed(kit.mail(1), middle, kit.mail(3))

    first, second, third = requests([batch])[0]["personalizations"]
    assert "headers" not in second
    assert first["headers"]["List-Unsubscribe"] != third["headers"]["List-Unsubscribe"]


@pytest.mark.parametrize("values", [("1",), ("1", "2", "3")])
def test_values_that_do_not_fit_the_tags_are_never_sent(kit, values):
    """Else the rest would be the values of the customer before."""
    with pytest.raises(ValueError, match="zip"):
        kit.pressed(kit.mail(1, ("a", "b")), kit.mail(2, values), text="".join(TAGS[:2]), tags=TAGS[:2])


@pytest.mark.parametrize(
    ("mails", "sizes"), [(999, [999]), (1000, [1000]), (1001, [1000, 1]), (2500, [1000, 1000, 500])]
)
def test_at_most_a_thousand_in_one_request(kit, mails, sizes):
    batches = kit.pressed(*(kit.mail(n) for n in range(mails)))

    assert [len(batch.messages) for batch in batches] == sizes
    assert messages(batches) == [f"{n:032x}" for n in range(mails)]
    assert [row[2] for batch in batches for row in batch.messages] == messages(batches)


def test_a_request_comes_out_when_it_is_full(kit):
    """Not at the end: what waits is one request per skeleton."""
    press = Press(kit.envelope(), batch_size=2, not_before=NINE, not_after=None)
    skeleton = Skeleton("Hello", "", ())
    out = [len(press.add(kit.draft(n), Written(skeleton, "Hi", ()))) for n in range(5)]

    assert out == [0, 1, 0, 1, 0]
    assert [len(batch.messages) for batch in press.rest()] == [1]
    assert press.rest() == []


def test_mails_on_different_paths_wait_side_by_side(kit):
    press = Press(kit.envelope(), batch_size=2, not_before=NINE, not_after=None)
    plain, gift = Skeleton("Hello", "", ()), Skeleton("A gift: ~k7f3a0~", "", TAGS[:1])
    mails = [(1, plain, ()), (2, gift, ("cake",)), (3, plain, ()), (4, gift, ("tea",))]
    batches = [
        b for n, skeleton, values in mails for b in press.add(kit.draft(n), Written(skeleton, "Hi", values))
    ]

    assert [[row[2][-1] for row in batch.messages] for batch in batches] == [["1", "3"], ["2", "4"]]
    assert read_back(batches[1].body, f"{4:032x}").text == "A gift: tea"


def test_mails_rendered_directly_share_a_request_where_they_say_the_same(kit):
    """Each has a skeleton of its own, equal in words only."""
    press = Press(kit.envelope(), batch_size=1000, not_before=NINE, not_after=None)
    for n, text in enumerate(["Hello", "Hello", "Hello Ada"]):
        press.add(kit.draft(n), Written(Skeleton(text, "", ()), "Hi", ()))

    assert [len(batch.messages) for batch in press.rest()] == [2, 1]


def test_what_waits_is_bounded_however_many_skeletons_there_are(kit):
    """Mails of 2 MB, each different: they go out long before all are there, and none is lost."""
    press = Press(kit.envelope(), batch_size=1000, not_before=NINE, not_after=None)
    batches = []
    for n in range(80):
        batches += press.add(kit.draft(n), Written(Skeleton(f"{n}" + "x" * 2_000_000, "", ()), "Hi", ()))

    assert 80 - len(batches) <= HELD_BYTES / 4_000_000
    assert sorted(messages(batches + press.rest())) == [f"{n:032x}" for n in range(80)]


def test_nothing_that_waits_is_looked_at_by_the_garbage_collector(kit):
    """A thousand mails wait as bytes and tuples of text, not as dictionaries."""
    press = Press(kit.envelope(), batch_size=1000, not_before=NINE, not_after=None)
    skeleton = Skeleton("".join(TAGS), "", TAGS)
    press.add(kit.draft(0), Written(skeleton, "Hi", ("a", "b", "c", "d")))
    gc.collect()
    before = len(gc.get_objects())
    for n in range(1, 999):
        press.add(kit.draft(n), Written(skeleton, "Hi", ("a", "b", "c", "d")))
    gc.collect()

    assert len(gc.get_objects()) - before < 50


def test_no_address_twice_in_a_request_whatever_its_case(kit):
    """Three customers with one address go out in three requests, nobody is left out."""
    same = ["Ada@Example.com", "ben@example.com", "ada@example.COM", " ada@example.com "]
    batches = kit.pressed(*(kit.mail(n, address=address) for n, address in enumerate(same)))

    assert [len(batch.messages) for batch in batches] == [2, 1, 1]
    assert sorted(messages(batches)) == [f"{n:032x}" for n in range(4)]


@pytest.mark.parametrize(("slots", "is_together"), [(150, True), (151, False)])
def test_over_150_slots_a_mail_goes_alone_and_filled_in(kit, slots, is_together):
    tags, values = tuple(f"~k7f3a{n}~" for n in range(slots)), tuple(map(str, range(slots)))
    batches = kit.pressed(kit.mail(1, values), kit.mail(2, values), text=" ".join(tags), tags=tags)

    assert len(batches) == (1 if is_together else 2)
    assert all(("substitutions" in r["personalizations"][0]) == is_together for r in requests(batches))
    assert read_back(batches[-1].body, f"{2:032x}").text == " ".join(values)


def test_slots_of_over_10000_bytes_go_alone_and_filled_in(kit):
    """Bytes are counted, not letters: 3,300 Thai letters are over 9,900 bytes."""
    fits, over = "ก" * 3300, "ก" * 3340
    mails = [kit.mail(n, (value,)) for n, value in enumerate([fits, over, fits])]
    batches = kit.pressed(*mails, text="~k7f3a0~", tags=TAGS[:1])

    assert [[row[2][-1] for row in b.messages] for b in batches] == [["1"], ["0", "2"]]
    assert read_back(batches[0].body, f"{1:032x}").text == over


def test_a_request_stays_under_30_megabytes(kit):
    """Content of 25 MB leaves room for few: the batch is cut, not refused."""
    mails = [kit.mail(n, ("x" * 9_900,)) for n in range(700)]
    batches = kit.pressed(*mails, html="h" * 25_000_000 + "~k7f3a0~", tags=TAGS[:1])

    assert len(batches) == 2
    assert all(len(batch.body) <= limits.REQUEST_BYTES for batch in batches)
    assert len(batches[0].body) > limits.REQUEST_BYTES - 10_300  # one more would have been too many
    assert sorted(messages(batches)) == [f"{n:032x}" for n in range(700)]


@pytest.mark.parametrize("values", [(), ("~k7f3a0~",)])
def test_a_mail_of_over_30_megabytes_is_an_error_that_says_so(kit, values):
    """Shared or alone."""
    with pytest.raises(RenderError, match="30 MB"):
        kit.pressed(kit.mail(1, values), html="h" * 30_000_000, tags=TAGS[: len(values)])


def test_a_mail_that_was_refused_leaves_nothing_behind(kit):
    press = Press(kit.envelope(), batch_size=1000, not_before=NINE, not_after=None)
    skeleton = Skeleton("~k7f3a0~", "", TAGS[:1])
    press.add(kit.draft(1), Written(skeleton, "Hi", ("a",)))
    for number, subject, value in [(2, "\n", "b"), (3, "Hi", "\ud800")]:
        with pytest.raises(RenderError, match=f"{number:032x}"):
            press.add(kit.draft(number), Written(skeleton, subject, (value,)))
    press.add(kit.draft(4), Written(skeleton, "Hi", ("d",)))

    assert messages(press.rest()) == [f"{1:032x}", f"{4:032x}"]


@pytest.mark.parametrize("subject", [" ", "a\nBcc: everyone@example.com", "a\rb"])
def test_a_subject_is_one_line_with_something_in_it(kit, subject):
    with pytest.raises(RenderError, match="subject"):
        kit.pressed(kit.mail(1, subject=subject))


def test_a_mail_without_content_is_an_error(kit):
    with pytest.raises(RenderError, match="no content"):
        kit.pressed(kit.mail(1), text="", html="")


def test_a_value_that_is_no_text_is_never_sent(kit):
    """SendGrid answers those with a bare "Bad Request" that names nothing."""
    with pytest.raises(TypeError):
        kit.pressed(kit.mail(1, (250,)), text="~k7f3a0~", tags=TAGS[:1])


def test_a_sender_name_cannot_split_the_envelope(kit):
    [batch] = kit.pressed(kit.mail(1), from_name="Kao; Co, Ltd\r\n")

    assert orjson.loads(batch.body)["from"]["name"] == "Kao Co Ltd"


@settings(max_examples=300, deadline=None)
@given(
    mails=st.lists(
        st.tuples(HOSTILE.filter(lambda s: s.strip() and "\n" not in s), *[HOSTILE] * 4),
        min_size=1,
        max_size=5,
    )
)
@example(mails=[("a", "", "~k7f3", "a3~", "b")])  # two values that make up the tag of a third
@example(mails=[("~k7f3a0~", "a", "b", "c", "d")])  # a subject is filled in too
def test_what_a_reader_gets_is_the_rendering_whatever_stands_in_the_values(kit, mails):
    """Values that look like tags, alone or together, reach the reader as they are."""
    made = [kit.mail(n, tuple(values), subject=subject) for n, (subject, *values) in enumerate(mails)]
    batches = kit.pressed(
        *made, text="a ~k7f3a0~ b ~k7f3a1~~k7f3a2~ c", html="<p>~k7f3a3~ ~k7f3a0~</p>", tags=TAGS
    )

    got = {row[2]: read_back(b.body, row[2]) for b in batches for row in b.messages}
    for draft, subject, (a, b, c, d) in made:
        mail = got.pop(draft.message_id)
        assert (mail.subject, mail.text, mail.html) == (subject, f"a {a} b {b}{c} c", f"<p>{d} {a}</p>")
    assert not got


def test_a_letter_that_tags_begin_with_does_not_part_mails_in_itself(kit):
    """Only what could be taken for a tag stands alone; a wave between two prices does not."""
    values = [("100~200",), ("~50",), ("ends with ~",), ("~k7f3a0~",)]
    batches = kit.pressed(*map(kit.mail, range(4), values), text="~k7f3a0~", tags=TAGS[:1])

    assert [[row[2][-1] for row in b.messages] for b in batches] == [["2"], ["3"], ["0", "1"]]


def test_tags_without_a_letter_in_common_are_as_safe(kit):
    """Every mail is looked at then."""
    batches = kit.pressed(
        kit.mail(1, ("[B]", "x")), kit.mail(2, ("y", "z")), text="{A} [B]", tags=("{A}", "[B]")
    )

    assert [read_back(b.body, b.messages[0][2]).text for b in batches] == ["[B] x", "y z"]


def test_the_same_messages_give_the_same_bytes_and_parsing_changes_nothing(kit):
    mails = [kit.mail(n, ('ค่า "\\\n\x01 </script>',)) for n in range(50)]
    [once], [again] = (kit.pressed(*mails, text="~k7f3a0~", tags=TAGS[:1]) for _ in range(2))

    assert once.body == again.body == orjson.dumps(orjson.loads(once.body))
