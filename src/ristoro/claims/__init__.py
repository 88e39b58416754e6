"""Claims: a holder says what an outage cost them; what is known of it is put beside it at once.

Damages need proof, and half of the proof lies with the provider. A claim is filed in the webmail,
the evidence of that mailbox is frozen with it, a person examines it, and it is settled or refused
with reasons. Filing one touches nothing that a run gives.
"""
