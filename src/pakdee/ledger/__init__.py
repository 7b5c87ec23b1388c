"""The shop's facts: sources to snapshots, features as of a day, one boolean column per condition."""

from pakdee.ledger.catalogue import feature_specs

__all__ = ["feature_specs"]
