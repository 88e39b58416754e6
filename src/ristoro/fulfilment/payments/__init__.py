"""Transfers to holders: put on a list, sent to the bank in batches, settled from the bank's files.

In: sums owed, each under its own key (``asking.ask``). Out: how each stands, until the bank's own
files say that it is booked, refused or returned; what is not known is never sent again.
"""
