"""The examiners' desk: the queue, one claim beside its evidence, the decision, and many at once."""
