"""The tests, and the typechecker of the typed run, which must be found in this place."""

from beartype import BeartypeConf, beartype

# As for mypy, an int will do where a float is asked for.
typechecker = beartype(conf=BeartypeConf(is_pep484_tower=True))
