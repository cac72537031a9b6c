"""Compiling the solver ahead of its first use."""

import time

import typer


def compile_() -> None:
    """Compile the solver of rounds, so that its first user needn't wait for it; `make setup` does this.

    Fails where the machine code can't be kept: then every process would compile it anew.
    """
    from kribbe.allocation.chance.warm import warm_up as warm_up_chances
    from kribbe.allocation.compiled import HOME
    from kribbe.allocation.solve import warm_up

    if HOME is None:
        typer.echo("The solver's machine code can't be kept: neither beside the package nor in the user's cache may"
                   " anything be written. Name a folder with NUMBA_CACHE_DIR.", err=True)  # fmt: skip
        raise typer.Exit(1)
    begun = time.perf_counter()
    warm_up()
    warm_up_chances()
    typer.echo(f"The solver is compiled ({time.perf_counter() - begun:.0f} s), in {HOME}", err=True)
