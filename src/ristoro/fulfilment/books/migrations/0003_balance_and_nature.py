"""The database itself refuses lines of no known nature and, on PostgreSQL, lines out of balance.

SQLite's triggers see one row at a time, and an entry's lines balance only together.
"""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

NATURE = "ALTER TABLE books_line ADD CONSTRAINT book_line_nature CHECK (nature BETWEEN 1 AND 5)"
FUNCTION = """
    CREATE FUNCTION books_balanced() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (
        SELECT 1 FROM fresh GROUP BY id / 64, unit
        HAVING sum(CASE WHEN side = 1 THEN amount ELSE -amount END) <> 0
      ) THEN
        RAISE EXCEPTION 'an entry of the books does not balance' USING ERRCODE = 'check_violation';
      END IF;
      RETURN NULL;
    END $$
"""
TRIGGER = """
    CREATE TRIGGER books_line_balanced AFTER INSERT ON books_line
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION books_balanced()
"""
SQLITE = """
    CREATE TRIGGER books_line_nature BEFORE INSERT ON books_line
    WHEN NEW.nature NOT BETWEEN 1 AND 5
    BEGIN SELECT RAISE(ABORT, 'a line of the books has a nature that is none'); END
"""


def guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for statement in (NATURE, FUNCTION, TRIGGER):
            schema_editor.execute(statement)
    else:
        schema_editor.execute(SQLITE)


def unguard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP TRIGGER books_line_balanced ON books_line")
        schema_editor.execute("DROP FUNCTION books_balanced()")
        schema_editor.execute("ALTER TABLE books_line DROP CONSTRAINT book_line_nature")
    else:
        schema_editor.execute("DROP TRIGGER books_line_nature")


class Migration(migrations.Migration):
    dependencies = [("books", "0002_append_only")]

    operations = [migrations.RunPython(guard, unguard)]
