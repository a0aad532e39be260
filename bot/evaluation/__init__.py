"""How well questions are understood and answered, measured on a file of them with what was expected."""
