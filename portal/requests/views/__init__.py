"""The pages of requests."""

from portal.requests import jobs as jobs
from portal.requests.views import (
    change_of_address as change_of_address,
)
from portal.requests.views import (
    closing_response as closing_response,
)
from portal.requests.views import (
    dispute as dispute,
)
from portal.requests.views import (
    evidence as evidence,
)
from portal.requests.views import (
    give_more as give_more,
)
from portal.requests.views import (
    question as question,
)
from portal.requests.views import (
    review as review,
)
from portal.requests.views import (
    review_letter as review_letter,
)
from portal.requests.views import (
    sent as sent,
)
from portal.requests.views import (
    uploads as uploads,
)
from portal.requests.views.blueprint import blueprint
from portal.requests.views.blueprint import menu as navigation

__all__ = ["blueprint", "navigation"]
