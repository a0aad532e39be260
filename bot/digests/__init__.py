"""Planning, building and delivering the daily digest."""
