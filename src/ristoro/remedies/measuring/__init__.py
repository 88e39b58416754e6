"""A policy's measures taken on an outage: which time counts for whom."""
