"""The loyalty programme applied to facts: tiers, points and the ladder, for all customers at once."""

from pakdee.programme.accounts import Accounts, account
from pakdee.programme.catalogue import feature_specs, specs_of
from pakdee.programme.derive import derive, derived_from, stands_in

__all__ = ["Accounts", "account", "derive", "derived_from", "feature_specs", "specs_of", "stands_in"]
