"""How well questions are understood, measured on a file of them with the plans that were expected."""
