"""The nine layers of an app in an environment, and what they say together."""

from __future__ import annotations

from krm_functions.estate.fold import Layer, fold, origin
from krm_functions.records import Record
from krm_functions.spec.app import settings as SETTINGS  # noqa: N812

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.diagnostics import Place
    from krm_functions.estate.model import Environment
    from krm_functions.spec.load import Source
    from krm_functions.spec.scalars import Written

_NOT_SETTINGS = frozenset({"id", "stages", "environments"})


class Settings(Record):
    """The folded settings of one app in one environment, with the layers they came from."""

    written: Written
    layers: tuple[Layer, ...]

    def place(self, *path: str | int) -> Place:
        """Return the place that decided a value: the highest layer that says anything of it."""
        return origin(self.layers, path)


def settings(platform: Source, tenant: Source, app: Source, environment: Environment) -> Settings:
    """Fold all layers, lowest first: platform, tenant, app; each plain, by stage, by environment."""
    layers = (
        *_layers("platform defaults", platform, ("defaults",), environment),
        *_layers(f"tenant {tenant.name}", tenant, ("defaults",), environment),
        *_layers(f"app {app.name}", app, (), environment),
    )
    return Settings(fold(SETTINGS, layers), layers)


def _layers(name: str, source: Source, path: tuple[str, ...], environment: Environment) -> Iterator[Layer]:
    written = source.spec
    for key in path:
        written = written.get(key) or {}
    plain = {key: value for key, value in written.items() if key not in _NOT_SETTINGS}
    yield Layer(name, source.place(*path), plain)
    for key, choice in (("stages", environment.stage), ("environments", environment.name)):
        override = (written.get(key) or {}).get(choice)
        if override is not None:
            yield Layer(f"{name}, {key[:-1]} {choice}", source.place(*path, key, choice), override)
