"""A script of the front end, tried without a browser by the node that builds it."""

import json
import subprocess
from typing import Any

from kribbe.web.build import SOURCES, node_binary, node_folder

CALL = """
import { readFileSync } from "node:fs";
const script = await import(process.argv[1]);
const asked = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(asked.map((given) => script[process.argv[2]](...given))));
"""


def call_each(script: str, function: str, given: list[list[Any]]) -> list[Any]:
    """What an exported function of a script (a name in `frontend/js`) gives for each of these lists of arguments."""
    module = (SOURCES / "js" / script).as_uri()
    done = subprocess.run(  # noqa: S603 - fixed arguments
        [node_binary(node_folder()), "--input-type=module", "-e", CALL, module, function],
        input=json.dumps(given), capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: list[Any] = json.loads(done.stdout)
    return found
