"""The journal and the proofs: looked at by auditors, and by others as far as their role allows."""
