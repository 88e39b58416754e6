"""Errands: the long works that people ask for, with how far each is and where it leads on."""
