"""The numbers: what they mean and what they are; knows nothing of chats, playbooks or prompts."""
