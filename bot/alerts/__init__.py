"""Rules that a chat watches: kept, checked once a day, and reported in one message each."""
