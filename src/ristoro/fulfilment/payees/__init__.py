"""Where a holder is paid by transfer: given in the webmail alone, sealed, and forgotten in time.

In: an account that its holder typed after signing in anew. Out: ``known.usable`` and
``known.standing`` for whoever pays; the number itself goes to the bank's file and nowhere else.
"""
