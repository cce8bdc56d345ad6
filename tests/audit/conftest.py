"""What the tests of the trail may ask for beside the rest."""

from tests.support.postgresql import postgresql_context, postgresql_server

__all__ = ["postgresql_context", "postgresql_server"]
