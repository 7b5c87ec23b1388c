"""Formulas: counts in, numbers with their n, interval and definition out. Pure; one function per metric."""

from pakdee.metrics.engagement import MachineRule, engagement_counts, human_clicks, human_opens
from pakdee.metrics.figure import Figure
from pakdee.metrics.lift import goal_figures
from pakdee.metrics.power import detectable_effect
from pakdee.metrics.report import engagement_figures, loyalty_figures
from pakdee.metrics.table import figures_as_rows, row_in

__all__ = [
    "Figure",
    "MachineRule",
    "detectable_effect",
    "engagement_counts",
    "engagement_figures",
    "figures_as_rows",
    "goal_figures",
    "human_clicks",
    "human_opens",
    "loyalty_figures",
    "row_in",
]
