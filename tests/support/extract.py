"""Extracts for tests: a builder to write one by hand, and two ready families."""

from tests.support.extract_builder import AS_OF, CREATED_AT, ExtractBuilder, zip_extract
from tests.support.families import FRIDAYS, OneFamily, TwoHouseholds, one_family, two_households

__all__ = [
    "AS_OF",
    "CREATED_AT",
    "FRIDAYS",
    "ExtractBuilder",
    "OneFamily",
    "TwoHouseholds",
    "one_family",
    "two_households",
    "zip_extract",
]
