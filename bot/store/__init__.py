"""The bot's own state: SQLAlchemy tables and their Alembic migrations."""
