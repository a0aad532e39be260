"""How well the documents answer, measured on a file of questions with the place and the figures that were expected."""
