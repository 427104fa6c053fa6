"""From a view to a picture: pure functions, one file for each part of the screen."""
