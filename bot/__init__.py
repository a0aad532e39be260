"""The assistant and its chat surface; the only room that may import the other three."""
