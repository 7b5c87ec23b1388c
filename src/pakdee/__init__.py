"""Pakdee: personal e-mail that makes customers stay, sent exactly once and measured."""
