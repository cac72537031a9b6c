"""Making all tables of an empty database in seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from django.db.migrations.state import ProjectState


@contextmanager
def each_model_alone() -> Iterator[None]:
    """While migrating, a step builds the historical class of the one model that it is about.

    Django builds those of all models that hang together with it too, in this project nearly all of them, at each of
    hundreds of steps: that takes a minute. Only a step that runs code of its own (`RunPython`) needs them, and is
    given all of them afresh, as Django does for what it calls delayed states. A migration that changes the type of a
    primary key would leave the columns that refer to it behind; test_migrations.py finds those.
    """
    with patch.object(ProjectState, "reload_model", _reload_alone):
        yield


def _reload_alone(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    if "apps" not in state.__dict__:
        return
    state.is_delayed = True
    name = model_name.lower()
    with state.apps.bulk_update():
        state.apps.unregister_model(app_label, name)
    state.apps.render_multiple([state.models[app_label, name]])
