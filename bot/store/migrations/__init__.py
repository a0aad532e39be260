"""Every step of the state's schema, run to the newest whenever the state is opened."""
