"""``make bench``: how fast the package trains and decodes, beside three other libraries and the bare matrix products."""
