"""Pages of payments: what is to be paid, batches for the bank, and what the bank says of them."""
