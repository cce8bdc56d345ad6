"""Opening the pages of statements changes nothing but the trail (CSR-2)."""

from __future__ import annotations

from tests.cases.family import Family
from tests.house.test_get_changes_nothing import checksum
from tests.statements.sharing import share, visitor
from tests.support.page import ORIGIN


def test_opening_every_page_twice_changes_nothing(family: Family) -> None:
    """CSR-2: also of the public page, where a check is only written down."""
    made = share(family, "A")
    base = made.page.get("/cases").path
    mine = ("/statements", made.address, f"{made.address}/statement.pdf", f"{made.address}/removal",
            f"{base}/statements", f"{base}/statements/new", f"{base}/statements/statement.pdf",
            f"{base}/statements/statement.csv")  # fmt: skip
    public = ("/statements/check", f"/statements/check/{made.code}", "/statements/check/none")
    before = checksum(family.context)
    for page, addresses in ((made.page, mine), (visitor(made.page), public)):
        for address in addresses:
            for _time in range(2):
                page.get(address, follow=False)
            page.client.head(address, base_url=ORIGIN)
    assert checksum(family.context) == before
