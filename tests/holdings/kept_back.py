"""Tables that are about no parent, or of which a parent is given nothing, and why."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from portal.web.holdings import Why

TABLES: Mapping[str, Why] = MappingProxyType(
    {
        "audit_chain": Why.NOBODY,
        "current_record": Why.NOBODY,
        "job_runs": Why.NOBODY,
        "loads": Why.NOBODY,
        "export_log": Why.ELSEWHERE,
        "links": Why.PROOF,
        "passkey_challenges": Why.PROOF,
        "throttles": Why.PROOF,
        "staff_invitations": Why.OTHERS,
        "staff_members": Why.OTHERS,
        "staff_roles": Why.OTHERS,
        "staff_parties": Why.OTHERS,
        "staff_notes": Why.AGENCY,
        "two_person_requests": Why.AGENCY,
        "decision_drafts": Why.AGENCY,
        "protected_location_grants": Why.AGENCY,
    }
)
"""Of these, no column is told."""
