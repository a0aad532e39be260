"""From files to documents: what lies in the folders, how it is read, and how its text is laid out."""
