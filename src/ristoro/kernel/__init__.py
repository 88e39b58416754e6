"""What every stage stands on, and all of it pure: money, time, keys, columns, endings, errors.

Nothing here opens a socket, reads a clock or knows a database.
"""
