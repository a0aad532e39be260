"""Files on their way from a chat into the documents."""
