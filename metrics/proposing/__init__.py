"""Looks at files or a database and proposes a sources.yaml, every guess marked as one."""
