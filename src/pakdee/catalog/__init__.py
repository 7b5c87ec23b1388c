"""Marketers' files become domain models here; every message says file, line, what and what next."""
