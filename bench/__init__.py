"""What is measured, side by side with a peer or a limit in one run; results in ``results/``."""
