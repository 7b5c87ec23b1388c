"""The shop's facts: sources become immutable snapshots, snapshots become features as of a day."""

from pakdee.ledger.activity_types import activity_types, texts_of, tiers_and_plans
from pakdee.ledger.catalogue import feature_specs
from pakdee.ledger.compose import compose, evaluable
from pakdee.ledger.compute import available, ledger_features
from pakdee.ledger.deeds import deeds
from pakdee.ledger.feature_table import FeatureTable, open_features
from pakdee.ledger.fitting import parts_met
from pakdee.ledger.generator import generate_shop
from pakdee.ledger.intake import import_
from pakdee.ledger.intake.report import ImportReport, Reject
from pakdee.ledger.measures import ANSWER_COLUMNS, channel_counts, goal_counts, loyalty_counts
from pakdee.ledger.redemptions import contacts, redemptions, tells_redemptions
from pakdee.ledger.snapshot import Snapshot, check_fresh, connect, open_snapshot

__all__ = [
    "ANSWER_COLUMNS",
    "FeatureTable",
    "ImportReport",
    "Reject",
    "Snapshot",
    "activity_types",
    "available",
    "channel_counts",
    "check_fresh",
    "compose",
    "connect",
    "contacts",
    "deeds",
    "evaluable",
    "feature_specs",
    "generate_shop",
    "goal_counts",
    "import_",
    "ledger_features",
    "loyalty_counts",
    "open_features",
    "open_snapshot",
    "parts_met",
    "redemptions",
    "tells_redemptions",
    "texts_of",
    "tiers_and_plans",
]
