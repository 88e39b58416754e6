"""The register of breaches: the clock of 72 hours, what is known by phases, what was decided."""
