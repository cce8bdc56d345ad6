"""Pages of one's own records. The words are in `templates/own_records/`."""

from portal.own_records.views import entries as entries
from portal.own_records.views import index as index
from portal.own_records.views import receipts as receipts
from portal.own_records.views import review as review
from portal.own_records.views import spreadsheet as spreadsheet
from portal.own_records.views.blueprint import blueprint

__all__ = ["blueprint"]
