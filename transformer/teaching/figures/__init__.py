"""Pictures that a page draws from its run, one kind a file."""
