"""Decisions: asked for, previewed exactly as they are, held against other policies, entered."""
