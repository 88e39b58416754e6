"""Fulfilment: from what a run owes to what a mailbox has, and back to what can be shown.

In: a decided run's outcomes as rows of grants, a mail host and a billing system behind their
contracts, answers of holders. Out: grants made and seen, the hold list, the closing statement, and
the proof that rows and outcomes are the same.
"""
