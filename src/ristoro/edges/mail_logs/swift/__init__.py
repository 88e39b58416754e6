"""Lines read many at a time: what the patterns that read one line would say of them."""
