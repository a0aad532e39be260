"""What explains a change: drivers, segments, causes, normal variation and what happened beside it."""
