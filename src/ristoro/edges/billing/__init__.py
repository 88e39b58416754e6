"""Billing: where subscriptions are kept and extended. The contract, and a ledger file behind it."""
