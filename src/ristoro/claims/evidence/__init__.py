"""What mail logs show of one mailbox, of a published window, and of a whole estate.

In come folders of read logs (``edges.mail_logs.folder``); out go facts that each name their line.
What a log cannot show is "not provable", never "lost".
"""
