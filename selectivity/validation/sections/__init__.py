"""The rows: of every section a table of targets, ``NAME.toml``, and its functions, ``NAME.py``."""
