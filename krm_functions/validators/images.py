"""Image guardrails: registries by whole path segments, no latest, digests where a stage wants them."""

from __future__ import annotations

from krm_functions.diagnostics import Diagnostic
from krm_functions.estate.bounds import within
from krm_functions.validators.bounds import bound

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from krm_functions.diagnostics import Place
    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import App, Image
    from krm_functions.estate.settings import Settings


def images(estate: Estate, app: App, said: Settings) -> Iterator[Diagnostic]:
    """Yield what the guardrails refuse of the app's images."""
    if app.chart:
        return
    versions = estate.specs.versions(app.tenant.name, app.name)
    version = versions.place(app.environment.name) if versions else said.place("image")
    yield from _judge(estate, app, app.main.image, said.place("image"), version)
    for index, container in enumerate(app.init):
        place = said.place("init", index, "image")
        yield from _judge(estate, app, container.image, place, place)
    for container in app.sidecars:
        place = said.place("sidecars", container.name, "image")
        yield from _judge(estate, app, container.image, place, place)


def _judge(estate: Estate, app: App, image: Image, place: Place, version: Place) -> Iterator[Diagnostic]:
    bounds = app.tenant.guardrails
    if app.tenant.registries and not any(
        within(image.repository, registry) for registry in app.tenant.registries
    ):
        message = f"the image {image.repository} comes from a registry that {app.tenant.name} may not use"
        note = "allowed: " + ", ".join(app.tenant.registries)
        yield Diagnostic("TS503", message, place, note, related=bound(estate, app, "registries"))
    if bounds.forbid_latest and image.tag == "latest":
        message, related = (
            f"the tag latest of {image.repository} says nothing",
            bound(estate, app, "forbidLatest"),
        )
        yield Diagnostic("TS504", message, version, "name a version", related=related)
    if "+" in image.tag:
        message = f"{image.tag} is no tag of an image: container runtimes refuse a +"
        yield Diagnostic("TS510", message, version, "registries write it as _ or -")
    if app.environment.stage in bounds.digest_required and not image.digest:
        message = f"the stage {app.environment.stage} wants a digest: {image} has none"
        note = 'write "TAG@sha256:DIGEST"'
        yield Diagnostic("TS505", message, version, note, related=bound(estate, app, "digestRequired"))
