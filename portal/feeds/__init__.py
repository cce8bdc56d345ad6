"""The feed: the agency's extract in, what parents sent back out."""
