"""Where a period is heading: what is in, what the season lets expect of the rest, and how it stands to the target."""
