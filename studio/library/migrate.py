"""Brings a database to the schema this version knows, in one transaction, when the studio starts."""

from pathlib import Path

import sqlalchemy as sa

from studio.errors import StorageError
from studio.library.database import Database

FOLDER = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Apply what is missing; raises StorageError for a database that a newer version has written."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    known = ScriptDirectory.from_config(config)
    with database.write() as connection:
        if sa.inspect(connection).has_table("alembic_version"):
            version = connection.scalar(sa.text("select version_num from alembic_version"))
            if version not in {script.revision for script in known.walk_revisions()}:
                raise StorageError("database_newer", {"version": str(version)[:40]})
            if version == known.get_current_head():
                return
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
