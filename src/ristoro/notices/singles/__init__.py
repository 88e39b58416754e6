"""Letters that are of no run: each by itself to one mailbox, signed, linted and looked for as those
of a run are.

In: ``posting.post``, in the transaction of what the letter tells. Out: the letter in the mailbox,
by ``delivering.deliver``; ``models.Single`` says how it stands.
"""
