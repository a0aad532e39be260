"""One file for each thing that people can say or press; see README.md for how to add one."""
