"""The policy language: text in, a checked policy out; then SQL for the estate, Python for one.

``read`` makes a typed tree of a YAML file, ``check`` refuses what has no one meaning, ``compile``
alone writes SQL, and ``evaluate`` computes the same for a single mailbox: it explains, and it is
what the compiler is tested against.
"""
