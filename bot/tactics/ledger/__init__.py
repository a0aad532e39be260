"""What the team adopted, when it is looked at again, and what it measured."""
