"""The loyalty programme applied to facts: tiers, points and the ladder, for all customers at once."""

from pakdee.programme.accounts import Accounts, account
from pakdee.programme.catalogue import feature_specs, specs_of
from pakdee.programme.derive import derive, derived_from, keeps_points, stands_in, told
from pakdee.programme.loyalty import deeds_since, loyalty, loyalty_specs, read_by_loyalty
from pakdee.programme.reconciling import DERIVED_ELSE, Compared, Reconciliation, reconcile
from pakdee.programme.vintages import Vintages, kept_vintages, vintages

__all__ = [
    "DERIVED_ELSE",
    "Accounts",
    "Compared",
    "Reconciliation",
    "Vintages",
    "account",
    "deeds_since",
    "derive",
    "derived_from",
    "feature_specs",
    "keeps_points",
    "kept_vintages",
    "loyalty",
    "loyalty_specs",
    "read_by_loyalty",
    "reconcile",
    "specs_of",
    "stands_in",
    "told",
    "vintages",
]
