"""Webhooks: other programs are told of what the journal says, in its order, until they have it."""
