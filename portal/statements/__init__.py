"""Statements: one's own for any period, and those that others can check."""
