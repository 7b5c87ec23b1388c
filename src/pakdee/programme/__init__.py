"""The loyalty programme applied to facts: tiers, points and the ladder, for all customers at once."""

from pakdee.programme.catalogue import feature_specs, provides

__all__ = ["feature_specs", "provides"]
