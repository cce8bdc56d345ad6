"""The second, invented agency, which proves that nothing of the shipped one is hard-wired."""

from pathlib import Path

from portal.rules.agency import Agency, load_agency

LAKELAND_PATH = Path(__file__).with_name("lakeland.toml")
"""Give this as `PORTAL_AGENCY`."""


def lakeland() -> Agency:
    """Bills on Mondays, gives 21 days, charges 0.75 % interest and no penalty, shares equally."""
    return load_agency(LAKELAND_PATH)
