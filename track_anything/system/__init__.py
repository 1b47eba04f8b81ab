"""What the departments stand on: files written whole or not at all, and work that runs, ends and lets go."""
