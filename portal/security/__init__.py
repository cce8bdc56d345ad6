"""Keys, sealing, passwords, codes, links, throttles and permissions: what an attack meets first."""
