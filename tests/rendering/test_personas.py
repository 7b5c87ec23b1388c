"""Sample customers: typical ones and nasty ones, made from the feature catalogue, the same on any machine."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from jinja2 import Environment, nodes
from mail_making import BRAND, FEATURES, PROGRAM, ROOT

from pakdee.domain.feature import FeatureCatalog, FeatureSpec, FeatureType
from pakdee.domain.message import MessageKey
from pakdee.domain.program import Level, Program
from pakdee.domain.units import Words
from pakdee.house import open_house
from pakdee.jobs.drafting import SHOWN, Drafter
from pakdee.rendering import Templates
from pakdee.rendering.personas import Persona, personas

TODAY = dt.date(2026, 6, 15)
LOCALES = ("th", "en")
ORDINARY = ("regular", "new_member", "near_next_tier", "top_tier", "lapsed", "quiet")
NASTY = {
    "no_name": lambda them: them["first_name"] is None,
    "blank_name": lambda them: not them["first_name"].strip(),
    "right_to_left": lambda them: "\u202e" in them["first_name"] and "محمد" in them["first_name"],
    "emoji": lambda them: "👩‍👩‍👧‍👦" in them["first_name"],
    "long_thai_name": lambda them: re.fullmatch("[ก-๛]{60}", them["first_name"]),
    "markup": lambda them: "<script>" in them["first_name"],
    "quotes": lambda them: "'" in them["first_name"] and '"' in them["first_name"],
    "template": lambda them: "{{7*7}}" in them["first_name"],
    "slot_tag": lambda them: re.fullmatch(r"~[0-9a-f]{12}\.0~", them["first_name"]),
    "two_lines": lambda them: "\r\nBcc:" in them["first_name"],
    "zero": lambda them: them["points_earned_365d"] == them["order_count"] == them["net_spend"] == 0,
    "nothing_bought": lambda them: them["last_product_id"] is None and them["top_category"] is None,
    "nothing_known": lambda them: all(them[n] is None for n, spec in FEATURES.items() if may_lack(spec)),
    "largest": lambda them: them["net_spend"] == Decimal("99999999.9999"),
}


def may_lack(spec: FeatureSpec) -> bool:
    """Optional, and not a consequence of a tier, which everybody has."""
    return spec.nullable and spec.name not in {"next_tier", "to_next_tier"}


def of(locale: str = "en", program: Program | None = PROGRAM) -> dict[str, Persona]:
    return {persona.name: persona for persona in personas(FEATURES, locale, program)}


def a_spec(name: str, **facts: Any) -> FeatureSpec:
    words = Words.model_validate({"en": name, "th": name})
    usual = {"type": FeatureType.INTEGER, "unit": "", "nullable": False, "stage": "journal"}
    plain = {"code": "", "label": words, "meaning": words, "null_rule": "", "needs": frozenset()}
    return FeatureSpec(**{"name": name, **plain, **usual, **facts})


def test_there_are_ordinary_customers_and_nasty_ones_each_as_its_name_says():
    """Every sort that a mail must stand, in order: ordinary ones first."""
    found = of()

    assert tuple(found) == (*ORDINARY, *NASTY)
    assert [name for name, persona in found.items() if persona.is_nasty] == list(NASTY)
    assert [name for name, is_so in NASTY.items() if not is_so(found[name].context_values)] == []
    assert all(len(persona.title.in_language(locale)) > 3 for persona in found.values() for locale in LOCALES)


def test_typical_customers_stand_where_their_names_say():
    """At the beginning, in the middle, short of the top, at the top, gone, and gone quiet."""
    told = {name: of()[name].context_values for name in ORDINARY}

    assert told["new_member"]["days_since_joined"] == 4
    assert told["near_next_tier"]["next_tier"] == "gold"
    assert told["near_next_tier"]["tier_progress"] > 0.9
    assert told["near_next_tier"]["to_next_tier"] == Decimal("1050.0000")
    assert told["top_tier"]["tier"] == "gold"
    assert told["top_tier"]["next_tier"] is told["top_tier"]["to_next_tier"] is None
    assert told["lapsed"]["days_since_last_purchase"] > 365
    assert told["lapsed"]["is_lapsed"] is True
    assert told["lapsed"]["to_keep_tier"] == Decimal("5000.0000")
    assert told["quiet"]["is_lapsed"] is False
    assert told["quiet"]["overdue_ratio"] > 3
    assert told["regular"]["to_keep_tier"] == 0


def test_what_is_told_of_a_customer_fits_together():
    """Nobody spent or ordered more in a month than in a year, or in a year than ever."""
    for name in ORDINARY:
        them = of()[name].context_values
        assert them["net_spend_this_year"] <= them["net_spend_365d"] <= them["net_spend"], name
        assert them["order_count_30d"] <= them["order_count_365d"] <= them["order_count"], name


@pytest.mark.parametrize("locale", LOCALES)
def test_every_feature_has_a_value_of_its_type(locale: str):
    """None only where the catalogue says that it can be unknown."""
    types = {
        FeatureType.INTEGER: int,
        FeatureType.NUMBER: float,
        FeatureType.SHARE: float,
        FeatureType.MONEY: Decimal,
        FeatureType.BOOLEAN: bool,
        FeatureType.TEXT: str,
        FeatureType.DATE: dt.timedelta,
        FeatureType.LIST: list,
    }
    for persona in of(locale).values():
        for name, spec in FEATURES.items():
            value = persona.context_values[name]
            assert type(value) is types[spec.type] or (value is None and spec.nullable), (persona.name, name)
            assert not spec.values or value in spec.values
            assert spec.type is not FeatureType.MONEY or value is None or value.as_tuple().exponent == -4


@pytest.mark.parametrize("day", [TODAY, dt.date(2031, 2, 28)])
def test_days_are_told_from_the_day_shown_and_none_is_over(day: dt.date):
    """Points run out when it is told that they do, in the preview of any day."""
    told = {name: one.context(None, BRAND, day, PROGRAM)["customer"] for name, one in of().items()}
    dates = [name for name, spec in FEATURES.items() if spec.type is FeatureType.DATE]

    assert "points_expire_on" in dates
    assert all(them[name] is None or them[name] >= day for them in told.values() for name in dates)
    assert told["regular"]["points_expire_on"] == day + dt.timedelta(days=7)
    for them in told.values():
        left = them["days_to_next_expiry"]
        assert them["points_expire_on"] == (None if left is None else day + dt.timedelta(days=left))


def test_a_feature_nobody_has_heard_of_gets_values_by_type_and_unit():
    """A new feature of the catalogue needs no word in the stories."""
    catalog = FeatureCatalog(
        [
            a_spec("days_since_review", unit="days", nullable=True),
            a_spec("parcels", unit="parcels"),
            a_spec("store_credit", type=FeatureType.MONEY, nullable=True),
            a_spec("mood", type=FeatureType.TEXT, values=("calm", "cross")),
            a_spec("born_on", type=FeatureType.DATE),
            a_spec("likes_tea", type=FeatureType.BOOLEAN),
            a_spec("favourite", type=FeatureType.TEXT, stage="ledger"),
        ]
    )
    found = {persona.name: persona.context_values for persona in personas(catalog, "th")}

    assert found["regular"] == {
        "first_name": "สมหญิง",
        "last_name": "ใจดี",
        "locale": "th",
        "days_since_review": 21,
        "parcels": 3,
        "store_credit": Decimal("1850.0000"),
        "mood": "calm",
        "born_on": dt.timedelta(days=21),
        "likes_tea": True,
        "favourite": "ชาขิง",
    }
    assert found["nothing_known"]["days_since_review"] is found["nothing_known"]["store_credit"] is None
    assert found["zero"]["store_credit"] == 0
    assert found["largest"]["days_since_review"] == 36_500
    assert found["template"]["favourite"] == "{{7*7}}{% set a = 1 %}"


def test_names_are_of_the_language_and_another_language_borrows_english_ones():
    """Thai names in Thai mails, English ones elsewhere."""
    first = {locale: of(locale)["regular"].context_values["first_name"] for locale in ("th", "en", "fr")}
    assert first == {"th": "สมหญิง", "en": "Anna", "fr": "Anna"}


def test_tiers_are_those_of_the_programme():
    """Ids, the next one and the way to it come from program.yaml; without tiers there are sample ones."""
    named = {"title": {"en": "x", "th": "x"}}
    levels = [
        Level.model_validate({**named, "id": i, "at": at})
        for i, at in {"leaf": "0 THB", "tree": "900 THB"}.items()
    ]
    tiers = PROGRAM.tiers.model_copy(update={"levels": tuple(levels)})
    program = PROGRAM.model_copy(update={"tiers": tiers})
    near = of(program=program)["near_next_tier"].context_values

    assert (near["tier"], near["next_tier"], near["to_next_tier"]) == ("leaf", "tree", Decimal("63.0000"))
    assert of(program=program)["top_tier"].context_values["tier"] == "tree"
    assert of(program=None)["top_tier"].context_values["tier"] == "gold"


def test_the_same_customers_every_time():
    """No clock and no chance: a picture taken today is that of tomorrow."""
    first, again = (
        [(p, p.context(None, BRAND, TODAY, PROGRAM)) for p in personas(FEATURES, "th", PROGRAM)] for _ in "ab"
    )
    assert first == again


def test_contexts_are_made_as_mails_are():
    """Key by key what a draft of the same campaign has; only ids, codes and the reader differ."""
    house = open_house(ROOT, environment={})
    try:
        for campaign in house.project.campaigns.values():
            drafter = Drafter(house, campaign, TODAY, real_codes=True)
            row = {name: [None] for name in SHOWN} | {"email": ["a@example.com"], "locale": ["th"]}
            keys, offers = [MessageKey(campaign.name, "1", "c1", "x")], [0 if campaign.brings else -1]
            (draft,) = drafter.drafts(pa.table(row), keys, offers)
            sample = of("th")["regular"].context(campaign, BRAND, TODAY, PROGRAM, web=house.web_url)

            assert alike(sample) == alike(draft.context)
    finally:
        house.close()


def alike(context: dict[str, Any]) -> dict[str, Any]:
    """A context without what is the reader's own: lengths of ids and codes stay."""
    links = {name: re.sub(r"[0-9A-Za-z]", "x", url) for name, url in context["links"].items()}
    offer = context["offer"] and {**context["offer"], "code": context["offer"]["code"] and "a code"}
    return {**context, "customer": None, "links": links, "offer": offer}


def test_a_template_without_a_campaign_gets_a_sample_one_with_an_offer():
    """So that it can be tried and shown before anybody uses it."""
    persona = of()["regular"]
    with_grants, without = (persona.context(None, BRAND, TODAY, given) for given in (PROGRAM, None))

    assert with_grants["offer"]["title"] == "A slice of birthday cake"
    assert without["offer"]["title"] == "A small present"
    assert without["offer"]["expires_on"] == dt.date(2026, 7, 15)
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", without["offer"]["code"])
    assert without["why_you"]
    assert without["links"]["redeem"].startswith("https://")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_mail_of_the_starter_project_can_be_rendered_for_all_of_them(templates: Templates, locale: str):
    """No sample customer is left out, and no two readers' links are mixed up."""
    for persona in of(locale).values():
        context = persona.context(None, BRAND, TODAY, PROGRAM)
        for name in templates.names:
            mail = templates.render(name, locale, context)
            assert context["links"]["unsubscribe"] in mail.text
            assert "<script" not in mail.html
            assert "\n" not in mail.subject


def parts(source: str) -> Iterator[tuple[bool, str]]:
    """What each branch of a template says in its longest words, and whether it is a first one."""
    _, _, body = source.partition("\n---\n")
    for fork in Environment(autoescape=True).parse(body).find_all(nodes.If):
        for is_first, branch in ((True, fork.body), (False, fork.else_)):
            own = [part for part in branch if not isinstance(part, nodes.If)]
            found = [n for part in own for n in part.find_all((nodes.TemplateData, nodes.Const))]
            said = [getattr(n, "data", None) or getattr(n, "value", "") for n in found]
            if any(said):
                yield is_first, " ".join(max((str(one) for one in said), key=len).split())


@pytest.mark.parametrize("locale", LOCALES)
def test_every_mail_of_the_starter_project_shows_all_it_can_say(templates: Templates, locale: str):
    """What it is written for stands in the mail of a typical customer, and each fallback in somebody's."""
    for name in templates.names:
        mails = {
            who: " ".join(
                templates.render(name, locale, one.context(None, BRAND, TODAY, PROGRAM)).text.split()
            )
            for who, one in of(locale).items()
        }
        for is_first, words in parts((ROOT / "templates" / name / f"{locale}.j2").read_text("utf-8")):
            shown = {who for who, text in mails.items() if words in text}
            assert shown.intersection(ORDINARY) if is_first else shown, (name, words)


def test_nobody_can_change_a_sample_customer():
    """They are shared by everything that shows or tries mails."""
    persona = of()["regular"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        persona.name = "other"
    persona.context(None, BRAND, TODAY)["customer"]["tier"] = "broken"

    assert persona.context_values["tier"] == "silver"
