"""Incidents: written in both languages side by side, read as the public will, then published."""
