"""The database itself refuses to edit or delete entries, and lets details only be shredded."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

SQLITE = (
    """
    CREATE TRIGGER journal_entry_no_update BEFORE UPDATE ON journal_entry
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    """
    CREATE TRIGGER journal_entry_no_delete BEFORE DELETE ON journal_entry
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    """
    CREATE TRIGGER journal_detail_no_delete BEFORE DELETE ON journal_detail
    BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
    """,
    """
    CREATE TRIGGER journal_detail_only_shred BEFORE UPDATE ON journal_detail
    WHEN NEW.data IS NOT NULL OR NEW.number <> OLD.number OR NEW.shredded_at IS NULL
    BEGIN SELECT RAISE(ABORT, 'a detail of the journal can only be shredded'); END
    """,
)
SQLITE_BACK = (
    "DROP TRIGGER journal_entry_no_update",
    "DROP TRIGGER journal_entry_no_delete",
    "DROP TRIGGER journal_detail_no_delete",
    "DROP TRIGGER journal_detail_only_shred",
)
POSTGRESQL = (
    """
    CREATE FUNCTION journal_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'restrict_violation'; END $$
    """,
    """
    CREATE FUNCTION journal_only_shred() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.data IS NOT NULL OR NEW.number <> OLD.number OR NEW.shredded_at IS NULL THEN
        RAISE EXCEPTION 'a detail of the journal can only be shredded'
          USING ERRCODE = 'restrict_violation';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER journal_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only()
    """,
    """
    CREATE TRIGGER journal_detail_no_delete BEFORE DELETE OR TRUNCATE ON journal_detail
    FOR EACH STATEMENT EXECUTE FUNCTION journal_append_only()
    """,
    """
    CREATE TRIGGER journal_detail_only_shred BEFORE UPDATE ON journal_detail
    FOR EACH ROW EXECUTE FUNCTION journal_only_shred()
    """,
)
POSTGRESQL_BACK = (
    "DROP TRIGGER journal_entry_append_only ON journal_entry",
    "DROP TRIGGER journal_detail_no_delete ON journal_detail",
    "DROP TRIGGER journal_detail_only_shred ON journal_detail",
    "DROP FUNCTION journal_append_only()",
    "DROP FUNCTION journal_only_shred()",
)


def guard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


def unguard(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    back = POSTGRESQL_BACK if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK
    for statement in back:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_first")]

    operations = [migrations.RunPython(guard, unguard)]
