"""Thresholds of the loyalty ladder."""

from __future__ import annotations

from pydantic import Field

from pakdee.domain.program.block import Block


class Ladder(Block):
    """Thresholds of the loyalty ladder (rungs after Payne et al.)."""

    client_orders: int = Field(3, ge=1, description="Orders in 365 days that make a client.")
    active_days: int = Field(180, ge=1, description="Days without an order after which a customer is lapsed.")
