"""What holders say does not work: told in their words, with the facts that tell where to look."""
