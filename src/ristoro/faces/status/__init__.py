"""The public face: one page of facts for each programme, for people and for machines."""
