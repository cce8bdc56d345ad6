"""Everything we hold on a person, gathered from all rooms: as JSON, and the same to read."""
