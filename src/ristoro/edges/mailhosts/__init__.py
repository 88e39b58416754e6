"""Mail hosts: where notices are deposited, quotas raised, and both are seen to be so."""
