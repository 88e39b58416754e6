"""The estate: from a directory of accounts to a snapshot, frozen and content-addressed.

In: CSV, Parquet or SQL rows, with a mapping where names differ. Out: one Parquet file of
``columns.SNAPSHOT``, or a list of every row that is wrong and why.
"""
