"""What is looked at. Each check returns the faults that it found, as sentences; none is a pass."""
