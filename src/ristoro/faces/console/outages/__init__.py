"""Outages: declared and corrected on a picture of components and stores against time."""
