"""The register of personal-data breaches: what GDPR article 33(5) has a provider document."""
