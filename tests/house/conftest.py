from tests.support.postgresql import postgresql_context, postgresql_server

__all__ = ["postgresql_context", "postgresql_server"]
