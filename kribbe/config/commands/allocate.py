"""Allocation at the console: solving an instance, judging a result, making instances. No database is needed."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

BAD_INPUT = 2
InstanceFile = Annotated[Path, typer.Argument(metavar="INSTANCE", help="Instance, as JSON.")]


def allocate(
    instance: InstanceFile,
    out: Annotated[Path, typer.Option(help="File for the result.")],
    prove: Annotated[
        bool,
        typer.Option(
            "--prove",
            help="Look for the least envy there can be, then most half-days, then ranks; prove them.",
        ),
    ] = False,
    cycles: Annotated[
        Path | None,
        typer.Option(help="File for the cycles that keep alive the envy that is left; each is printed too."),
    ] = None,
) -> None:
    """Find out who gets which place: feasible, without waste, with as little justified envy as is found.

    The same instance gives the same bytes. What is wrong with an instance is told line by line, with its path in
    the file; then nothing is written.
    """
    from kribbe.allocation.reading import BadInstanceError, read_columns
    from kribbe.allocation.result import cycles_as_bytes
    from kribbe.allocation.solve import solve

    begun = time.perf_counter()
    try:
        read = read_columns(instance)
    except BadInstanceError as error:
        raise _failed(error.problems) from None
    except OSError as error:
        raise _failed([f"{instance}: {error.strerror}"]) from None
    result = solve(read, prove=prove, cycles=cycles is not None)
    write_whole(out, result.as_bytes())
    if cycles is not None:
        write_whole(cycles, cycles_as_bytes(result.cycles))
    for stage in result.stages:
        typer.echo(f"{stage} ({stage.seconds:.1f} s)", err=True)
    for cycle in result.cycles:
        typer.echo(f"cycle: {cycle}")
    totals = result.totals
    typer.echo(
        f"{totals['placed']} of {totals['children']} children placed, {totals['envy']} with justified envy"
        f" ({result.proof}), in {time.perf_counter() - begun:.2f} s",
        err=True,
    )


def allocate_check(
    instance: InstanceFile,
    result: Annotated[Path, typer.Argument(metavar="RESULT", help="Result to judge, as JSON.")],
    cycles: Annotated[
        Path | None, typer.Option(help="Cycles of the envy that is left, to judge each of their steps.")
    ] = None,
) -> None:
    """Judge a result by the definitions alone, without the solver's code.

    Prints the justified envy that it finds, and as a claim whatever the result says of itself that isn't so. Fails
    where a result is infeasible or wasteful or somebody loses a place, and where a cycle is wrong or lacking. A file
    that can't be read ends it with code 2 and a line a problem.
    """
    from kribbe.allocation.check import check
    from kribbe.allocation.check_cycles import check_cycles
    from kribbe.allocation.check_shape import problems_of_cycles, problems_of_result
    from kribbe.allocation.reading import BadInstanceError, read_columns

    try:
        read_columns(instance)
    except BadInstanceError as error:
        raise _failed(error.problems) from None
    except OSError as error:
        raise _failed([f"{instance}: {error.strerror}"]) from None
    rules, judged = _parsed(instance), _parsed(result, problems_of_result)
    turning = None if cycles is None else _parsed(cycles, problems_of_cycles)
    verdict = check(rules, judged)
    if turning is not None and not verdict.faults:
        verdict.faults += check_cycles(rules, judged, turning, verdict)
    for (child, wish), over in sorted(verdict.envy.items()):
        typer.echo(f"envy: {child!r} for its wish {wish} over {', '.join(map(repr, over))}")
    for claim in verdict.claims:
        typer.echo(f"claim: {claim}")
    for fault in verdict.faults:
        typer.echo(f"fault: {fault}", err=True)
    children = {child for child, _ in verdict.envy}
    typer.echo(f"{len(verdict.faults)} faults, {len(children)} children with justified envy")
    raise typer.Exit(1 if verdict.faults else 0)


def allocate_convert(
    text: Annotated[
        Path, typer.Argument(metavar="FILE", help="Instance of hospitals and residents, as text.")
    ],
    out: Annotated[Path, typer.Option(help="File for the instance.")],
    seed: Annotated[int, typer.Option(min=0, help="Draws the lots that order ties of hospitals.")] = 1,
) -> None:
    """Make an instance of heads of a file of the literature: hospitals/residents, with ties and couples.

    Reads couples too, where siblings can say what they want; which formats these are is said in the docs.
    """
    from kribbe.allocation.literature import converted
    from kribbe.allocation.literature_formats import BadTextError

    try:
        made = converted(text.read_text(encoding="utf-8"), seed)
    except (BadTextError, UnicodeDecodeError) as error:
        raise _failed([str(error)]) from None
    except OSError as error:
        raise _failed([f"{text}: {error.strerror}"]) from None
    write_whole(out, json.dumps(made, separators=(",", ":")).encode() + b"\n")


def allocate_generate(
    out: Annotated[Path, typer.Option(help="File for the instance.")],
    children: Annotated[int, typer.Option(min=1, help="Children who ask.")] = 600,
    locations: Annotated[int, typer.Option(min=1, help="Locations.")] = 30,
    periods: Annotated[int, typer.Option(min=1, max=600, help="Months.")] = 30,
    wishes: Annotated[int, typer.Option(min=1, help="Most wishes of a child.")] = 6,
    seed: Annotated[int, typer.Option(min=0, help="Another number, another instance.")] = 1,
    heads: Annotated[
        bool, typer.Option("--heads", help="One period and one half-day: places are heads.")
    ] = False,
) -> None:
    """Make an instance of any size with the demo's statistics; the same options give the same file."""
    from kribbe.allocation.generate import generate

    made = generate(
        children=children, locations=locations, periods=periods, wishes=wishes, seed=seed, heads=heads
    )
    write_whole(out, json.dumps(made, separators=(",", ":")).encode() + b"\n")


def _parsed(path: Path, problems_of: Callable[[Any], list[str]] | None = None) -> Any:
    """What a file of JSON holds; the command ends with code 2 and a line a problem where it can't be judged."""
    from kribbe.rules.json_text import BadJsonError, parsed

    try:
        raw = parsed(path.read_bytes())
    except BadJsonError as error:
        raise _failed([f"{path}: {error}"]) from None
    except OSError as error:
        raise _failed([f"{path}: {error.strerror}"]) from None
    found = problems_of(raw) if problems_of else []
    if found:
        raise _failed([f"{path}: {problem}" for problem in found])
    return raw


def write_whole(path: Path, content: bytes) -> None:
    """Whole or not at all."""
    partial = path.with_name(f"{path.name}.partial")
    try:
        partial.write_bytes(content)
        partial.replace(path)
    except OSError as error:
        raise _failed([f"{path}: {error.strerror}"]) from None


def _failed(problems: Any) -> typer.Exit:
    for problem in problems:
        typer.echo(problem, err=True)
    return typer.Exit(BAD_INPUT)
