"""The agency's record, mirrored: its tables and the questions asked of it."""
