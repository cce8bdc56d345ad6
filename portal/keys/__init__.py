"""Changing keys: everything sealed or looked up is moved to the newest key while parents go on."""
