"""The image: a client, an engine that answers, and an image of this version that starts without any right."""

from __future__ import annotations

from krm_functions import __version__
from krm_functions.functions.doctor.finding import Finding, State
from krm_functions.functions.doctor.programs import ask, on_path

IMAGE = f"tenantspec:{__version__}"
"""What `make image` builds."""
CONFINED = ("--rm", "--network=none", "--read-only", "--cap-drop=ALL", "--user=nobody")
_BUILD = f"build it: docker build --tag {IMAGE} . in tenantspec's sources"


def container() -> Finding:
    """Return whether Docker runs the image, tried with a run that has no network and may write nowhere."""
    docker = on_path("docker")
    if docker is None:
        return Finding(State.ABSENT, "no docker on PATH", "install Docker; the plugin home needs none")
    engine = ask([docker, "version", "--format", "{{.Server.Version}}"])
    if engine.code != 0:
        fix = "start the Docker engine, or name one with DOCKER_HOST"
        return Finding(State.BROKEN, f"no Docker engine: {engine.last_words()}", fix)
    known = f"Docker engine {engine.stdout.strip()}"
    if ask([docker, "image", "inspect", IMAGE]).code != 0:
        return Finding(State.ABSENT, f"{known}, no image {IMAGE}", _BUILD)
    answer = ask([docker, "run", *CONFINED, IMAGE, "version"])
    if answer.stdout != f"tenantspec {__version__}\n":
        said = f"{known}, and the image {IMAGE} does not answer as this version: {answer.last_words()}"
        return Finding(State.BROKEN, said, _BUILD)
    return Finding(State.WORKS, f"{known}, image {IMAGE}: tried, and it answers without network or rights")
