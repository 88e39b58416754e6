"""Notices: from the grants of a run to signed letters without a link, and back from the mailbox.

In: rows of notices and grants, a brand, the outage's words. Out: ``Letter``s for a mail host,
previews and findings for a person, verifications of stored bytes.
"""
