"""Events of requests are never changed or deleted (AUD-2)."""

from __future__ import annotations

from portal.append_only import append_only

EVENTS = append_only(
    "submission_events",
    ("id", "uid"),
    kept=("id", "uid", "submission_id", "event", "at", "actor_kind", "case_id"),
)
"""All but `detail` is kept, which may be sealed again under a newer key."""

EVENTS_DDL, EVENTS_DDL_DOWN = EVENTS.up, EVENTS.down
