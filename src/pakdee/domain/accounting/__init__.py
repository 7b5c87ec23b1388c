"""The programme worked out by hand, slowly: one customer, day after day, lot after lot.

It is the plainest statement of what `program.yaml` means, made to be read, and what the set-based engine of
`pakdee.programme` is compared with. Conditions are not evaluated here: facts carry the names of the rules
that fit them.
"""

from pakdee.domain.accounting.account import Account, account
from pakdee.domain.accounting.facts import (
    Activity,
    Conversion,
    Facts,
    Line,
    Order,
    Person,
    Refund,
    ShopEntry,
    SurveyAnswer,
)
from pakdee.domain.accounting.grants import Issued
from pakdee.domain.accounting.plans import PlanStanding, Term, plan_on, plan_standing
from pakdee.domain.accounting.proofs import first_of_their_proof
from pakdee.domain.accounting.queue import Entry, Lot
from pakdee.domain.accounting.tiers import Standing

__all__ = [
    "Account",
    "Activity",
    "Conversion",
    "Entry",
    "Facts",
    "Issued",
    "Line",
    "Lot",
    "Order",
    "Person",
    "PlanStanding",
    "Refund",
    "ShopEntry",
    "Standing",
    "SurveyAnswer",
    "Term",
    "account",
    "first_of_their_proof",
    "plan_on",
    "plan_standing",
]
