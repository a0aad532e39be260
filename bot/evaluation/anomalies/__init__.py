"""How well unusual days are found: a simulated shop, incidents put into it, and what was said of them."""
