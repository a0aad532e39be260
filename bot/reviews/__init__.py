"""The team's own review of a week, month, quarter or year: planned, gathered, and written as Markdown and DOCX."""
