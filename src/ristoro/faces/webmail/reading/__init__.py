"""Reading one message: contained, with its files, and with the seal where it is ours."""
