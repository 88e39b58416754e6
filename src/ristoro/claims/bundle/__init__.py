"""The bundle: one signed file of a claim for a court, an ombudsman or a consumer association.

In comes everything that a claim was decided on; out goes a zip whose manifest is signed, the same
to the byte for the same claim. Whoever has it checks it without a database, years later.
"""
