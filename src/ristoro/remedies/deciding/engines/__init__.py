"""Engines: what runs the compiler's SQL over an estate. Each gives the same rows, to the byte."""
