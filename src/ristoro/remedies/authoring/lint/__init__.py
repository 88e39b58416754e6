"""The linter of policies: what a policy that the checker takes may still get wrong for people.

A policy file comes in, findings go out, in the order in which they stand in the file. One module
looks for each family of findings; ``codes.yaml`` says what each code is and shows how to mend it.
"""
