"""Files to and from a bank by ISO 20022: payments out (pain.001), what became of them in.

In: transfers to make. Out: one file that is valid by the schema; and from the bank's files (status
reports pain.002, statements and notifications camt.053 and camt.054) what it says of each.
"""
