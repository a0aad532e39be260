"""A local server that speaks the Bot API, and a chat page for the browser."""
