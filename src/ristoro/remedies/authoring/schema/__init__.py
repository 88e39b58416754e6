"""The shape of policies and their cases as JSON Schema, for editors and for the reference.

The words of every choice are the reader's own; a test holds every field to what it reads.
"""
