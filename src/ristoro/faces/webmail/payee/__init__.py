"""Part of the webmail: where a holder is paid by transfer, given here and nowhere else."""
