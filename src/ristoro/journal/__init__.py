"""The journal: who did what to what, in one chain that is only ever added to.

In: one call to ``append`` from whatever changes something, inside its transaction. Out: entries
whose hashes each cover the one before, so that ``verify`` finds any edit, gap or removal.
"""
