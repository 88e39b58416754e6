"""What a programme gives, to whom and how far it is: what faces say of it, gathered once."""
