"""Where mail lives: an archive on disk, or Gmail."""
