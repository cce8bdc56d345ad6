"""Families that are loaded, for what is held on them."""

from tests.statements.conftest import family as family
from tests.statements.conftest import households as households
