"""From facts to words: one file for each kind of answer, all wording in prompts/."""
