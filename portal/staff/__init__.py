"""The agency's side: the queue, decisions, look-ups, and those who keep the portal running."""
