"""What the worker does for requests: scans, releases held addresses, sweeps what is left over."""

from __future__ import annotations

from datetime import timedelta

from portal.notices.jobs import register
from portal.requests.check_evidence import check_pending, sweep_unreferenced
from portal.requests.release_held import release_due
from portal.requests.sweep_drafts import sweep_drafts

register("requests.check_evidence", timedelta(seconds=5), check_pending)
register("requests.release_held", timedelta(minutes=1), release_due)
register("requests.sweep_drafts", timedelta(hours=6), sweep_drafts)
register("requests.sweep_evidence", timedelta(hours=6), sweep_unreferenced)
