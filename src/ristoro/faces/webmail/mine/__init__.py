"""Part of the webmail: what a holder is owed and was given."""
