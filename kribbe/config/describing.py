"""The settings as rows of the reference page."""

from dataclasses import dataclass

from kribbe.config.environment import TOOL_VARIABLES, Environment, extra, variable


@dataclass(frozen=True)
class SettingDescription:
    """One row of the reference page."""

    variable: str
    default: str
    expects: str
    description: str


def describe() -> list[SettingDescription]:
    """Every setting in the order of the class, then the variables of the tests."""
    rows = []
    for name, field in Environment.model_fields.items():
        known = extra(name)
        default = known["shown"] or _in_words(field.default)
        rows.append(
            SettingDescription(variable(name), default, known["expects"] or "", field.description or "")
        )
    tools = [SettingDescription(name, "", "", text) for name, text in TOOL_VARIABLES.items()]
    return rows + tools


def _in_words(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)
