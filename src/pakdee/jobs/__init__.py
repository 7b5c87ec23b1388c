"""What can be done, as plain functions over a House; command line, web and flows call the same."""

from pakdee.jobs.asking import Forecast, SegmentReport, StatusReport, forecast, segment, status
from pakdee.jobs.brake import BrakeReport, resume, stop
from pakdee.jobs.exporting import Withdrawal, as_csv, unsubscribes
from pakdee.jobs.learning import (
    IngestReport,
    LinkInfo,
    health,
    ingest,
    link_owner,
    receive_webhook,
    settle_unknown,
    unsubscribe,
)
from pakdee.jobs.looking import TOLD, Explanation, Preview, Reason, explain, preview, send_test
from pakdee.jobs.measuring import Measurement, measure
from pakdee.jobs.planning import CampaignPlan, DayPlan, Progress, no_progress, plan_day
from pakdee.jobs.sending import SendReport, send_due
from pakdee.jobs.starting import check, import_facts, new_campaign, new_project, starter_project
from pakdee.jobs.syncing import ListSync, sync_suppressions

__all__ = [
    "TOLD",
    "BrakeReport",
    "CampaignPlan",
    "DayPlan",
    "Explanation",
    "Forecast",
    "IngestReport",
    "LinkInfo",
    "ListSync",
    "Measurement",
    "Preview",
    "Progress",
    "Reason",
    "SegmentReport",
    "SendReport",
    "StatusReport",
    "Withdrawal",
    "as_csv",
    "check",
    "explain",
    "forecast",
    "health",
    "import_facts",
    "ingest",
    "link_owner",
    "measure",
    "new_campaign",
    "new_project",
    "no_progress",
    "plan_day",
    "preview",
    "receive_webhook",
    "resume",
    "segment",
    "send_due",
    "send_test",
    "settle_unknown",
    "starter_project",
    "status",
    "stop",
    "sync_suppressions",
    "unsubscribe",
    "unsubscribes",
]
