"""Words for one customer, and batches of them. The door is `Templates`."""

from pakdee.rendering.templates import Templates
from pakdee.rendering.writer import Writer

__all__ = ["Templates", "Writer"]
