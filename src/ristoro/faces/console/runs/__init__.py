"""Runs: seen whole, approved by a second person, paused and explained."""
