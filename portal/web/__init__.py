"""What all pages share: the edge with its one commit, guards, sessions, errors, forms, filters."""

from portal.web.edge import begin_writing, context, db, reads_first
from portal.web.sessions import current_session

__all__ = ["begin_writing", "context", "current_session", "db", "reads_first"]
