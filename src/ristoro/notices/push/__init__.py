"""Telling a holder's phone that something has come: who asked for it, and the words."""
