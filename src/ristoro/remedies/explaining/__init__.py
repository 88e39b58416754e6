"""How an outcome is told: one module for each part of an explanation.

What comes in is a mailbox with all that it was judged by; what goes out is lines of text.
"""
