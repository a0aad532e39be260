"""All wording that users read, in Chinese and English, and the loader for it."""
