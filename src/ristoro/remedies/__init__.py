"""Who is owed what: a policy read, measured, decided, explained, compared, and written with help.

``language`` is the text of a policy and its two evaluators; ``measuring`` takes its measures on an
outage; ``deciding`` runs it over an estate and writes a run's folder, which ``folder`` reads back;
``explaining`` tells one mailbox's outcome, ``comparing`` two versions; ``authoring`` is for those
who write policies. ``runs`` enters a decided run in the database, where two people approve it.
"""
