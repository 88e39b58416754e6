"""The console's verbs over HTTP, for programs that show a token.

``operations`` says what an operation is, ``serving`` how each is answered, ``contract`` writes
all of them as OpenAPI; one module a thing holds the operations on it.
"""
