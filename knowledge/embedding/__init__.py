"""Sentences to vectors: the seam, and the models that can stand behind it."""
