"""Policies: entered with their cases, read in plain words, examined, and held side by side."""
