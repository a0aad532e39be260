"""How often the diagnosis names the cause that was put into a simulated shop."""
