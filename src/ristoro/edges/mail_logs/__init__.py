"""Mail logs: lines of Postfix and Dovecot read as what happened to each message and sign-in."""
