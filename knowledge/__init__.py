"""The documents: loading, indexing and finding what they say; knows nothing of chats or numbers."""
