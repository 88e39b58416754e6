"""What each errand does: the stages' long works, with the folders of this installation."""
