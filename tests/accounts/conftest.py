"""What the tests of this room may ask for beside the shared fixtures."""

from tests.support.postgresql import postgresql_context as postgresql_context
from tests.support.postgresql import postgresql_server as postgresql_server
