"""Decides a policy over an estate, set-wise: the query, the engines, the files of a run."""
