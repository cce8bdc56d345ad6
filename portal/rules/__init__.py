"""The domain as pure functions and tables: no framework, no database, no clock.

Money is `Decimal` dollars with two places; dates are the agency's local dates; instants are
aware UTC datetimes that the caller passes in.
"""
