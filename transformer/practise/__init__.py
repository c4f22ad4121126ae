"""Tasks in the terminal: a file to write in, and a report at every save."""
