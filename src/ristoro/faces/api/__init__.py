"""The console's verbs over HTTP, for programs."""
