"""Staff: the people who work here, what each may do, and that no one gives alone.

In: names, passwords and roles. Out: a ``Person`` whom the stages ask ``require`` about.
"""
