"""M7: how much growth comes from customers who recommend."""

from __future__ import annotations

from pakdee.domain.measures import ReferralCounts
from pakdee.metrics.figure import Figure, known, share, undefined

NONE_INVITED = "nobody was invited in the period"


def referral_share(counts: ReferralCounts) -> Figure:
    """Referred new buyers / new buyers: 24/120 = 20 %."""
    return share("referral_share", counts.referred, counts.new_buyers, "there were no new buyers")


def referral_conversion(counts: ReferralCounts) -> Figure:
    """Invitations that led to an order / invitations: 24/160 = 15 %."""
    return share("referral_conversion", counts.converted, counts.invited, NONE_INVITED)


def referral_k(counts: ReferralCounts) -> Figure:
    """Invitations per inviter × conversion: 2 × 0.15 = 0.30; that is, converted per inviter."""
    if counts.inviters == 0 or counts.invited == 0:
        return undefined("referral_k", NONE_INVITED)
    per_inviter = counts.invited / counts.inviters
    value = per_inviter * counts.converted / counts.invited
    return known("referral_k", value, n=counts.inviters)
