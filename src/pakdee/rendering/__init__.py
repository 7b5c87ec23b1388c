"""Words for one customer, and batches of them. The door is `Templates`."""

from pakdee.rendering.templates import Templates

__all__ = ["Templates"]
