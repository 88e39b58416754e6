"""The outside world: mail hosts, directories of accounts, billing, mail logs.

Each folder has a contract and the implementations behind it. Only ``ristoro.wiring`` picks one.
"""
