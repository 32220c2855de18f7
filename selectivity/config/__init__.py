"""Run files: YAML with units, read into the records that sampling takes, with precise errors."""
