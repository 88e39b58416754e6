"""How staff come in: a password, a second factor, and what each may open."""
