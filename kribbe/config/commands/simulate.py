"""Comparing ways of giving places at the console. No database is needed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kribbe.config.commands.allocate import BAD_INPUT, write_whole

if TYPE_CHECKING:
    from kribbe.allocation.simulation.policies import Policy
    from kribbe.allocation.simulation.population import Size

USUAL = ("uncoordinated", "rounds:monthly")
FAILED = 1


def simulate(
    policy: Annotated[
        list[str] | None,
        typer.Option(
            help="A way of giving places, such as `rounds:monthly,wishes=5`; several times to compare."
            " The first is what the others are compared with."
        ),
    ] = None,
    months: Annotated[int, typer.Option(min=6, max=120, help="Months that are measured.")] = 24,
    seeds: Annotated[
        int, typer.Option(min=2, help="Populations, each of which is put under every policy.")
    ] = 20,
    children: Annotated[int, typer.Option(min=20, help="Children who ask in those months.")] = 600,
    locations: Annotated[int, typer.Option(min=2, help="Locations.")] = 30,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes (usual: one for each core).")] = None,
    cluster: Annotated[
        str, typer.Option(help="Run on the workers of this Dask scheduler, such as tcp://10.0.0.5:8786.")
    ] = "",
    misreport: Annotated[
        bool,
        typer.Option("--misreport", help="What could families gain by another list than their true one?"),
    ] = False,
    sample: Annotated[int, typer.Option(min=1, help="With --misreport: families of each round.")] = 8,
    out: Annotated[Path | None, typer.Option(help="File for the report, as JSON.")] = None,
    plot: Annotated[Path | None, typer.Option(help="File for a picture of the report, as SVG.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON, nothing else.")] = False,
    listed: Annotated[
        bool, typer.Option("--list", help="List the policies and their choices, and stop.")
    ] = False,
) -> None:
    """Compare ways of giving places on invented populations, or try what another list than the true one would gain.

    The same options give the same report, whether it is made in one process, on all cores or on a cluster. With
    `--misreport` the rounds of the first policy are tried (usual: `rounds:monthly`).
    """
    from kribbe.allocation.simulation.policies import BadPolicyError, parse
    from kribbe.allocation.simulation.population import Size
    from kribbe.allocation.simulation.running import ClusterError

    if listed:
        _list()
        return
    size = Size(children=children, locations=locations, months=months)
    usual = USUAL[1:] if misreport else USUAL
    try:
        policies = [parse(text) for text in policy or usual]
        if misreport:
            report = _misreport(policies[0], size, seeds, sample, jobs, cluster)
        else:
            report = _compare(policies, size, seeds, jobs, cluster)
    except BadPolicyError as error:
        raise _failed(error, BAD_INPUT) from None
    except ClusterError as error:
        raise _failed(error, FAILED) from None
    _give(report, out, plot, as_json=as_json)


def _list() -> None:
    from kribbe.allocation.simulation.policies import OPTIONS, SCHEMES

    for name, scheme in SCHEMES.items():
        typer.echo(f"{name}\n    {scheme.text}")
    typer.echo("\nChoices, after a comma each:")
    for name, text in OPTIONS.items():
        typer.echo(f"{name}\n    {text}")


def _compare(
    policies: "list[Policy]", size: "Size", seeds: int, jobs: int | None, cluster: str
) -> dict[str, Any]:
    from kribbe.allocation.simulation.report import simulate as run

    return run(policies, size=size, seeds=seeds, jobs=jobs, cluster=cluster)


def _misreport(
    policy: "Policy", size: "Size", seeds: int, sample: int, jobs: int | None, cluster: str
) -> dict[str, Any]:
    from kribbe.allocation.simulation.misreport import misreport
    from kribbe.allocation.simulation.policies import SCHEMES, BadPolicyError

    if SCHEMES[policy.scheme].has_round is None:
        raise BadPolicyError(f"{policy.name}: it has no rounds to try other lists in")
    return misreport(policy, size=size, seeds=seeds, households=sample, jobs=jobs, cluster=cluster)


def _give(report: dict[str, Any], out: Path | None, plot: Path | None, *, as_json: bool) -> None:
    from kribbe.allocation.simulation.plot import picture
    from kribbe.allocation.simulation.report import as_bytes
    from kribbe.allocation.simulation.words import told

    content = as_bytes(report)
    if out is not None:
        write_whole(out, content)
    if plot is not None:
        write_whole(plot, picture(report).encode())
    if as_json:
        typer.echo(content.decode(), nl=False)
    else:
        for line in told(report):
            typer.echo(line)


def _failed(error: Exception, code: int) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(code)
