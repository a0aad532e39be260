"""The chat surface on python-telegram-bot."""
