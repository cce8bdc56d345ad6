"""The made-up agency: its extract, its people and its pages. Outside demo mode none of it runs."""
