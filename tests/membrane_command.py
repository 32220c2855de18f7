"""Calls of ``selectivity membrane`` in this process."""

import pytest
from typer.testing import CliRunner

from selectivity.cli.membrane import app
from selectivity.errors import InputError


def run(*arguments: str) -> str:
    """What a command prints that ends well."""
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def refused(*arguments: str) -> str:
    """What a command says of bad input; its exit code is 2."""
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert caught.value.exit_code == 2
    return str(caught.value)
