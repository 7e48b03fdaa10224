"""The far ends of the wires, awkward on purpose; shipped for everybody who writes a test."""
