"""Pages of statements. The words are in `templates/statements/`."""

from portal.statements.views import check as check
from portal.statements.views import own as own
from portal.statements.views import shared as shared
from portal.statements.views.blueprint import blueprint

__all__ = ["blueprint"]
