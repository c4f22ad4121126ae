collect_ignore = ["peers.py", "__main__.py"]  # they need the libraries that only `make bench` installs
