"""The staff's face: runs seen whole, approved by a second person, paused and explained."""
