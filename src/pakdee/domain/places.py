"""Where things of a project stand, for rooms that need only the name."""

SETTINGS_FILE = "pakdee.toml"
"""What the operator sets."""
