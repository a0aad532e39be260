"""Where rows come from: files or a database, and how fresh they are."""
