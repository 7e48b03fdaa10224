"""What the house does: read the clock, ask the core, save, then act."""
