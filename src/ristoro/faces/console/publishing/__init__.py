"""A programme made public: its letters drawn up, its page of facts read whole, then published."""
