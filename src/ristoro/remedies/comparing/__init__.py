"""Two versions of a policy over one estate: who gains, who loses, what changed in words."""
