"""The nearest sentences to a question: Chroma for the process that owns the index, an exact scan for the others."""
