"""What can be done, as plain functions over a House; command line, web and flows call the same."""

from pakdee.jobs.answering import SurveyResponse, answer, answers
from pakdee.jobs.asking import Forecast, SegmentReport, forecast, segment
from pakdee.jobs.brake import BrakeReport, resume, stop
from pakdee.jobs.exporting import Withdrawal, answers_as_csv, as_csv, unsubscribes
from pakdee.jobs.handing import hand_over
from pakdee.jobs.heading import headers
from pakdee.jobs.keeping import backup, restore, restore_in_place
from pakdee.jobs.learning import (
    IngestReport,
    LinkInfo,
    health,
    ingest,
    link_owner,
    receive_webhook,
    unsubscribe,
)
from pakdee.jobs.looking import TOLD, Explanation, Preview, Reason, draft_for, explain, preview, send_test
from pakdee.jobs.measuring import Measurement, measure
from pakdee.jobs.offers import OfferStanding, shortages, standings
from pakdee.jobs.planning import CampaignPlan, DayPlan, Progress, no_progress, plan_day
from pakdee.jobs.reconciling import reconcile
from pakdee.jobs.remaining import Rest, SendReport
from pakdee.jobs.results import CampaignResult, Results, results
from pakdee.jobs.samples import Sample, SampleMail, sample_mail, samples, send_sample, suited
from pakdee.jobs.sending import send_due
from pakdee.jobs.settling import SettleReport, settle_batch, settle_unknown
from pakdee.jobs.starting import check, import_facts, new_campaign, new_project, starter_project
from pakdee.jobs.subjects import SubjectTest, VariantResult, subject_tests
from pakdee.jobs.syncing import ListSync, sync_suppressions
from pakdee.jobs.telling import ToldProgramme, programme_warnings, tell_program
from pakdee.jobs.waiting import waiting_list
from pakdee.jobs.watching import StatusReport, UnclearBatch, span, status, unclear

__all__ = [
    "TOLD",
    "BrakeReport",
    "CampaignPlan",
    "CampaignResult",
    "DayPlan",
    "Explanation",
    "Forecast",
    "IngestReport",
    "LinkInfo",
    "ListSync",
    "Measurement",
    "OfferStanding",
    "Preview",
    "Progress",
    "Reason",
    "Rest",
    "Results",
    "Sample",
    "SampleMail",
    "SegmentReport",
    "SendReport",
    "SettleReport",
    "StatusReport",
    "SubjectTest",
    "SurveyResponse",
    "ToldProgramme",
    "UnclearBatch",
    "VariantResult",
    "Withdrawal",
    "answer",
    "answers",
    "answers_as_csv",
    "as_csv",
    "backup",
    "check",
    "draft_for",
    "explain",
    "forecast",
    "hand_over",
    "headers",
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
    "programme_warnings",
    "receive_webhook",
    "reconcile",
    "restore",
    "restore_in_place",
    "results",
    "resume",
    "sample_mail",
    "samples",
    "segment",
    "send_due",
    "send_sample",
    "send_test",
    "settle_batch",
    "settle_unknown",
    "shortages",
    "span",
    "standings",
    "starter_project",
    "status",
    "stop",
    "subject_tests",
    "suited",
    "sync_suppressions",
    "tell_program",
    "unclear",
    "unsubscribe",
    "unsubscribes",
    "waiting_list",
]
