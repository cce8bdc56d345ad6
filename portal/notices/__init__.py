"""Notices: an outbox in the same transaction as what they tell of, and the mail that leaves it."""
