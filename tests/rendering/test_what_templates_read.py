"""What a template reads is checked when it is loaded: a typo, a wrong type or a missing fallback never reaches a mail."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from mail_making import BRAND, FEATURES, a_context, a_customer, a_paragraph, a_stranger, a_template, load

from pakdee.domain.campaign import Campaign
from pakdee.domain.errors import CatalogError, Problem, RenderError
from pakdee.rendering import Templates

REFUSED = {
    "{{ customer.teir }}": ("there is no 'customer.teir'", "write 'customer.tier'"),
    "{{ customer.firstname or 'x' }}": ("there is no 'customer.firstname'", "write 'customer.first_name'"),
    "{{ custmer.tier }}": ("there is no 'custmer.tier'", "write 'customer.tier'"),
    "{{ offer.expires }}": ("there is no 'offer.expires'", "write 'offer.expires_on'"),
    "{{ brand.nam }}": ("there is no 'brand.nam'", "write 'brand.name'"),
    "{{ links.redem }}": ("there is no 'links.redem'", "write 'links.redeem'"),
    "{{ customer.tier.name }}": ("there is no 'customer.tier.name'", "write"),
    "{{ tier }}": ("there is no 'tier'", "write 'customer.tier'"),
    "{{ xylophone }}": ("there is no 'xylophone'", "docs/templates.md"),
    "{{ Customer.Tier }}": ("there is no 'Customer.Tier'", "write 'customer.tier'"),
    "{{ customer.first-name }}": ("templates don't calculate", "write customer.first_name"),
    "{{ customer.email }}": ("there is no 'customer.email'", ""),
    "{% if customer.teir == 'gold' %}x{% endif %}": ("there is no 'customer.teir'", "customer.tier"),
    "{% for t in program.tiers %}{{ t.titel }}{% endfor %}": ("there is no 't.titel'", "write 't.title'"),
    "{% for p in customer.favourites %}{{ p.titel }}{% endfor %}": (
        "there is no 'p.titel'",
        "write 'p.title'",
    ),
    "{{ customer.favourites.title }}": (
        "there is no 'customer.favourites.title'",
        "{% for entry in customer.favourites %}, and inside it entry.title",
    ),
    "{{ customer.favourites }}": ("customer.favourites is a list", "{% if %}"),
    "{% for p in customer.favourites %}{{ p }}{% endfor %}": (
        "p is a group",
        "parts: category, price, title",
    ),
    "{% for p in customer.favourites %}{{ p.price }}{% endfor %}": (
        "p.price is an amount of",
        "p.price|money",
    ),
    "{% for p in customer.tier %}x{% endfor %}": ("customer.tier is not a list", "loop over"),
    "{% if customer.favourites > 2 %}x{% endif %}": ("a list is compared with a whole number", "one sort"),
    "{{ customer.first_name }}": (
        "customer.first_name can be empty (it is unknown)",
        "{% if customer.first_name %}",
    ),
    "{{ customer.next_tier|level }}": (
        "can be empty (already at the top)",
        "or write customer.next_tier or '…'",
    ),
    "{{ 'a ' ~ customer.next_tier }}": ("customer.next_tier can be empty", "{% if"),
    "{{ ui.strong(customer.next_tier) }}": ("customer.next_tier can be empty", "{% if"),
    "{% if customer.next_tier %}x{% else %}{{ customer.next_tier }}{% endif %}": ("can be empty", "{% if"),
    "{% if customer.next_tier or customer.tier %}{{ customer.next_tier }}{% endif %}": (
        "can be empty",
        "{% if",
    ),
    "{% if customer.next_tier != 'gold' %}{{ customer.next_tier }}{% endif %}": ("can be empty", "{% if"),
    "{% if customer.days_to_birthday < 7 %}x{% endif %}": ("customer.days_to_birthday can be empty", "{% if"),
    "{{ customer.net_spend }}": (
        "customer.net_spend is an amount of money and can't be printed",
        "customer.net_spend|money",
    ),
    "{{ customer.tier_progress }}": (
        "is a share of 0 to 1 and can't be printed",
        "customer.tier_progress|percent",
    ),
    "{{ offer.expires_on }}": ("is a date and can't be printed", "offer.expires_on|date"),
    "{{ customer.is_member }}": ("is a yes or no and can't be printed", "{% if %}"),
    "{{ customer }}": ("customer is a group of values", "customer|greet"),
    "{{ offer }}": ("offer is a group of values", "such as offer.title"),
    "{% for t in program.tiers %}{{ t }}{% endfor %}": ("t is a group of values", "its parts: at, id, title"),
    "{{ program.tiers }}": ("program.tiers is a list", "{% if %}"),
    "{% for t in program.tiers %}{{ t.at }}{% endfor %}": ("t.at is an amount of money", "t.at|money"),
    "{{ links.shop }}": ("links.shop is a link", "ui.link"),
    "{{ customer.tier|money }}": ("money doesn't fit customer.tier, a text", "leave |money out"),
    "{{ customer.net_spend|date }}": (
        "date doesn't fit customer.net_spend, an amount of money",
        "customer.net_spend|money",
    ),
    "{{ customer.tier|greet }}": ("greet doesn't fit customer.tier", "customer|greet"),
    "{{ customer.net_spend or 'nothing' }}": (
        "an amount of money and a text can't stand for each other",
        "{% if %}",
    ),
    "{{ customer.order_count|plural }}": ("the filter plural lacks its words", "plural("),
    "{{ customer.next_tier|default }}": ("the filter default lacks its words", "default("),
    "{{ customer.next_tier|default(customer.next_tier) }}": ("customer.next_tier can be empty", "{% if"),
    "{{ offer.expires_on|date('shrot') }}": ("date has no such form", 'date("short")'),
    "{{ offer.expires_on|date(customer.tier) }}": ("date has no such form", 'date("short")'),
    "{{ customer.tier|level('x') }}": ("level gets too many arguments", "at most 0"),
    "{{ offer.percent|percent }}": (
        "percent doesn't fit offer.percent, a whole number",
        "leave |percent out",
    ),
    "{{ customer.median_gap_days or 3 }}": ("can't be printed as it is", "|num"),
    "{% if customer.tier > 3 %}x{% endif %}": ("a text is compared with a whole number", "one sort"),
    "{% if today > '2026-01-01' %}x{% endif %}": ("a date is compared with a text", "one sort"),
    "{% if offer.expires_on == customer.order_count %}x{% endif %}": ("a date is compared with", "one sort"),
    "{% if customer.tier in 'gold' %}x{% endif %}": ("'in' is not part", "=="),
    "{% if customer.tier_moved_7d == 'upp' %}x{% endif %}": (
        "customer.tier_moved_7d is never 'upp'",
        "write 'up'",
    ),
    "{{ customer.tier if customer.tier }}": ("a short if has no else", "else"),
    "{{ customer.tier|upper }}": ("there is no filter 'upper'", "use one of"),
    "{{ customer.order_count|mony }}": ("there is no filter 'mony'", "write 'money'"),
    "{{ ui.buton('x', href=links.shop) }}": ("there is no component ui.buton", "write 'button'"),
    "{{ ui.strong() }}": ("ui.strong lacks text", "add text="),
    "{{ ui.strong('a', colour='red') }}": ("ui.strong takes no 'colour'", "use one of: text"),
    "{{ ui.strong('a', text='b') }}": ("gets text twice", "leave one"),
    "{{ ui.strong(*customer) }}": ("takes no * and no **", "by itself"),
    "{{ ui.strong('a', 'b') }}": ("too many arguments", "it takes: text"),
    "{{ ui.button('x', href=links.shop) }}": ("ui.button can't stand here", "inside a ui.section"),
    "{{ ui.p() }}": ("ui.p needs content", "{% call ui.p() %}"),
}
ACCEPTED = (
    "{{ customer.next_tier or 'the top' }}",
    "{{ customer.next_tier|default('the top') }}",
    "{{ customer.first_name if customer.first_name else 'you' }}",
    "{% if customer.next_tier is none %}top{% else %}{{ customer.next_tier|level }}{% endif %}",
    "{% if customer.next_tier is not none and customer.to_next_tier %}{{ customer.to_next_tier|money }}{% endif %}",
    "{% if not customer.next_tier %}top{% else %}{{ customer.next_tier }}{% endif %}",
    "{% if customer.days_to_birthday and customer.days_to_birthday < 7 %}{{ customer.days_to_birthday|num }}{% endif %}",
    "{% if customer.next_tier == 'gold' %}{{ customer.next_tier }}{% elif customer.tier == 'gold' %}x{% endif %}",
    "{{ (customer.order_count or 1)|plural('order', 'orders') }}",
    "{% for t in program.tiers %}{% for u in program.tiers %}{{ t.title ~ u.at|money }}{% endfor %}{% endfor %}",
    "{% for p in program.plans %}{% if p.id == customer.plan %}{{ p.title ~ p.price|money }}{% endif %}{% endfor %}x",
    "{% if customer.favourites %}{% for p in customer.favourites %}{{ p.title ~ p.price|money }}{% endfor %}{% endif %}",
    "{% for p in customer.favourites %}{{ p.category }}{% endfor %} x",
    "{{ today|date('short') }} {{ customer.tier_progress|percent }} {{ brand.persona.name }} {{ why_you }}",
)


def problems_of(directory: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(CatalogError) as caught:
        load(directory, birthday=text)
    return caught.value.problems


@pytest.mark.parametrize("words", REFUSED)
def test_what_does_not_fit_is_refused_with_line_and_next_step(tmp_path: Path, words: str):
    """Line 6 of the file, what is wrong, and what to write instead."""
    problems = problems_of(tmp_path, a_template(a_paragraph(words)))

    what, next_step = REFUSED[words]
    assert [p for p in problems if what in p.what and next_step in p.next_step and p.line == 6], problems


@pytest.mark.parametrize("words", ACCEPTED)
def test_what_fits_renders_for_everyone(tmp_path: Path, words: str):
    """With all known and with nothing known."""
    templates = load(tmp_path, birthday=a_template(a_paragraph(words)))
    for customer in (a_customer(), a_stranger()):
        assert templates.render("birthday", "th", a_context(customer=customer)).text


def test_a_plan_costs_what_the_programme_says(tmp_path: Path):
    """Title and price of each paid plan, in the mail's language and money."""
    words = "{% for plan in program.plans %}{{ plan.title }}: {{ plan.price|money }};{% endfor %}"
    templates = load(tmp_path, birthday=a_template(a_paragraph(words)))

    told = templates.render("birthday", "th", a_context()).text.replace("\xa0", " ")
    assert "คลับคนรักชา: 99 บาท;" in told


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path):
    """A marketer mends all of it in one go."""
    with pytest.raises(CatalogError) as caught:
        load(
            tmp_path,
            one=a_template(a_paragraph("{{ customer.teir }}\n{{ 'x'|upper }}"), subject="{{ custmer.tier }}"),
            two=a_template(""),
            three="no front matter",
        )
    found = [(problem.file.partition("/")[2], problem.line) for problem in caught.value.problems]

    assert found == [
        ("one/th.j2", 2),
        ("one/th.j2", 6),
        ("one/th.j2", 7),
        ("three/th.j2", 1),
        ("two/th.j2", 6),
    ]
    assert str(caught.value).endswith("Nothing was sent.")


FRONT = {
    '---\nsubject: "a"\n---\nx': (1, "no preheader"),
    '---\npreheader: "a"\nsubject: ""\n---\nx': (3, "no subject"),
    '---\nsubject: {{ customer|greet }}\npreheader: "x"\n---\nx': (2, "subject is not a text"),
    '---\nsubject: "a"\npreheader: "b"\nsubjet: "c"\n---\nx': (4, "takes no 'subjet'"),
    '---\nsubject: "a\npreheader: "b"\n---\nx': (2, "a quotation mark is missing"),
    '---\nsubject: "a"\nsubject: "b"\npreheader: "c"\n---\nx': (3, "subject stands here twice"),
    "---\n- a\n---\nx": (1, "no subject"),
    '---\nsubject: "a"\npreheader: "b"\nx': (1, "no front matter"),
}


@pytest.mark.parametrize("text", FRONT)
def test_front_matter_is_subject_and_preheader(tmp_path: Path, text: str):
    """Anything else is told with its line."""
    line, what = FRONT[text]
    assert [p for p in problems_of(tmp_path, text) if what in p.what and abs(p.line - line) <= 1]


def test_a_file_in_another_encoding_is_told(tmp_path: Path):
    """A file saved as TIS-620 is no riddle."""
    (tmp_path / "birthday").mkdir()
    (tmp_path / "birthday" / "th.j2").write_bytes('---\nsubject: "สวัสดี"\n'.encode("cp874"))
    with pytest.raises(CatalogError, match="not UTF-8"):
        load(tmp_path)


def test_words_and_values_outside_components_are_told(tmp_path: Path):
    """A body is made of components; stray words would stand outside the layout."""
    problems = problems_of(
        tmp_path, a_template("Hello\n{{ customer.tier }}\n{% call ui.section() %}x{% endcall %}")
    )

    assert [(p.line, p.what.partition(":")[0]) for p in problems] == [
        (5, "words stand outside a component"),
        (6, "a value stands outside a component"),
        (7, "words stand outside a component"),
    ]


def test_none_is_never_printed(tmp_path: Path):
    """A value that should be there and is not: file, line, variable, next step; also behind `~` and filters."""
    for words in (
        "{{ customer.tier }}",
        "{{ 'a ' ~ customer.tier }}",
        "{{ customer.tier|level }}",
        "{{ ui.strong(customer.tier) }}",
    ):
        templates = load(tmp_path, birthday=a_template(a_paragraph(words)))
        with pytest.raises(RenderError, match=r"birthday/th.j2:6: customer.tier is empty") as caught:
            templates.render("birthday", "th", a_context(customer=a_customer(tier=None)))
        assert "fallback" in caught.value.next_step


def test_a_feature_the_ledger_lacks_is_empty_with_a_fallback_and_an_error_without(tmp_path: Path):
    """`features_of` names what a template can't do without; the rest may be absent from the ledger."""
    words = "{{ customer.tier }} {{ customer.next_tier or '-' }} {% if customer.order_count %}x{% endif %}"
    templates = load(tmp_path, birthday=a_template(a_paragraph(words)))
    bare = {"first_name": None, "tier": "gold"}

    assert templates.features_of("birthday") == {"tier"}
    assert "gold -" in templates.render("birthday", "th", a_context(customer=bare)).text
    with pytest.raises(RenderError, match=r"customer\.tier is not there"):
        templates.render("birthday", "th", a_context(customer={"first_name": None}))


def test_a_template_says_whether_it_needs_an_offer(tmp_path: Path):
    """Reading offer.* outside `if offer` needs one."""
    templates = load(
        tmp_path,
        needs=a_template(a_paragraph("{{ offer.title }}")),
        may=a_template(a_paragraph("{% if offer %}{{ offer.title }}{% endif %}")),
    )

    assert templates.needs_offer("needs")
    assert not templates.needs_offer("may")
    assert templates.render("may", "th", a_context() | {"offer": None}).text


def test_languages_fall_back(templates: Templates):
    """The reader's own, else the shop's, else what there is; regions don't matter."""
    assert [templates.locale_for("birthday", wanted) for wanted in ("en", "EN-gb", "th_TH", "de", None)] == [
        "en",
        "en",
        "th",
        "th",
        "th",
    ]
    assert templates.locales("birthday") == ("en", "th")
    with pytest.raises(RenderError, match="no such template"):
        templates.locales("nothing")


def test_a_folder_without_templates_has_none(tmp_path: Path):
    """An empty project is no error of this room."""
    assert Templates.load(tmp_path, brand=BRAND, currency="THB", features=FEATURES).names == ()


def test_output_is_bounded(tmp_path: Path):
    """More than 200,000 characters are refused, whatever they come from."""
    words = "{{ customer.first_name or '-' }}" * 150
    templates = load(tmp_path, birthday=a_template(a_paragraph(words)))
    context = a_context(customer=a_customer(first_name="x" * 1999))
    with pytest.raises(RenderError, match="larger than 200,000"):
        templates.render("birthday", "th", context)
    with pytest.raises(RenderError, match=r"customer\.first_name is longer than 2,000"):
        templates.render("birthday", "th", a_context(customer=a_customer(first_name="x" * 2001)))


def test_what_only_a_campaign_can_say_is_asked_of_it(templates: Templates):
    """An apology says what happened and what was done; early access says when. Without it `check` refuses them."""
    told = {name: templates.told(name) for name in templates.names}
    assert {name for name, needs in told.items() if needs} == {
        "service_apology",
        "early_access",
        "event_invitation",
    }

    silent = a_campaign()
    assert silent.unsaid(told["service_apology"]) == ["incident", "remedy"]
    assert silent.unsaid(told["early_access"]) == ["window"]
    speaking = a_campaign(
        incident={"en": "x", "th": "x"},
        remedy={"en": "y", "th": "y"},
        window={"opens": "2026-06-25 10:00", "closes": "2026-06-26 20:00"},
    )
    assert not speaking.unsaid(told["service_apology"] | told["early_access"])
    assert (speaking.said("th")["opens_on"], speaking.said("th")["opens_at"]) == (
        dt.date(2026, 6, 25),
        "10:00",
    )


@pytest.mark.parametrize(
    ("opens", "closes", "says"),
    [
        ("2026-06-25 10:00", "2026-06-25 10:00", "closes: must be later than opens:"),
        ("2026-06-25", "2026-06-26 20:00", "is not a day with its time"),
        ("2026-06-25 10:00+07:00", "2026-06-26 20:00", "is not a day with its time"),
        ("2026-06-31 10:00", "2026-07-01 20:00", "day"),
    ],
)
def test_a_window_is_two_times_in_order(opens: str, closes: str, says: str):
    """In the shop's own time, and it ends after it begins."""
    with pytest.raises(ValueError, match=says):
        a_campaign(window={"opens": opens, "closes": closes})


def a_campaign(**keys: object) -> Campaign:
    """A campaign that says no more than it must."""
    words = {"en": "x", "th": "x"}
    given = {"name": "x", "title": words, "segment": "everyone", "template": "x", "why_you": words}
    return Campaign.model_validate(given | {"once_per": "day", "when": {"every": "day"}} | keys)
