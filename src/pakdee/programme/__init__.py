"""The loyalty programme applied to facts: tiers, points and the ladder, for all customers at once."""

from pakdee.programme.catalogue import feature_specs, specs_of
from pakdee.programme.derive import derive

__all__ = ["derive", "feature_specs", "specs_of"]
