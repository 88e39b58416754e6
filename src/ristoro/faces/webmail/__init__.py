"""The webmail: what a mailbox's holder opens. Each part has its own folder and addresses.

What all parts stand on is here: ``session`` (who is signed in), ``doors`` (``@holder``), ``posts``
(``@change``, for whatever changes something), ``pages`` (the frame of a page), ``places`` (where
folders and messages are).
"""
