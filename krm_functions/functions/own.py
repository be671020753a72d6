"""Functions of kinds that are not ours: a module outside of this package that reads the same estate.

The module holds one `Own` called FUNCTION. `tenantspec plugins install --with MODULE.py` puts its launcher
beside ours; a kustomization then lists its config like any other. It gets what our own functions get: a
checked config, an estate in which everything is decided, and diagnostics with file and line.
"""

from __future__ import annotations

import os

from krm_functions.diagnostics import Diagnostic, TenantspecError
from krm_functions.estate.known import check_names
from krm_functions.names import GROUP
from krm_functions.records import Record
from krm_functions.spec.common import dns_label, document
from krm_functions.spec.composites import Field, Object
from krm_functions.spec.functions import ANY_NAME, ROOT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from krm_functions.estate.estate import Estate
    from krm_functions.estate.model import Environment
    from krm_functions.functions.table import Function
    from krm_functions.spec.scalars import Written

FUNCTION = "FUNCTION"
"""What a module calls its `Own`."""

ENVIRONMENT = Field("environment", dns_label, "One of the platform's environments.", required=True)
"""The field of a config that `environment` reads."""


class Own(Record):
    """A kind of function config: its API version, the fields of its spec, and what answers it."""

    api_version: str
    kind: str
    answer: Function
    fields: tuple[Field, ...] = ()

    @property
    def model(self) -> Object:
        """What its config may say: its own fields, and `root` like any function's."""
        return document(self.kind, ANY_NAME, Object(*self.fields, ROOT), api_version=self.api_version)


def environment(estate: Estate, config: Written) -> Environment:
    """Return the environment that a config names.

    Raises:
        TenantspecError: there is none of that name.

    """
    name = config["spec"]["environment"]
    found = estate.platform.environment(name)
    if found is None:
        known = [environment.name for environment in estate.platform.environments]
        check_names("environment", [name], known, estate.config_place.at("spec", "environment"), estate.out)
        raise TenantspecError(estate.out.diagnostics)
    return found


def load(module: str) -> Own:
    """Return the function that a Python file holds.

    Raises:
        TenantspecError: the file is absent, holds none, or claims a kind of ours (TS911).

    """
    import importlib.util  # noqa: PLC0415  (only an installation loads a module by its file)

    name = os.path.splitext(os.path.basename(module))[0]
    spec = importlib.util.spec_from_file_location(name, module) if os.path.isfile(module) else None
    if spec is None or spec.loader is None or not name.isidentifier():
        raise TenantspecError([Diagnostic("TS911", f"no Python module at {module}")])
    held = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(held)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise TenantspecError([Diagnostic("TS911", f"{module} does not load: {said}")]) from error
    own = getattr(held, FUNCTION, None)
    if not isinstance(own, Own):
        help_ = f"write {FUNCTION} = Own(API_VERSION, KIND, function)"
        raise TenantspecError([Diagnostic("TS911", f"{module} holds no {FUNCTION}", help=help_)])
    if own.api_version.partition("/")[0] == GROUP:
        help_ = "choose an API group of your own, such as functions.example.com/v1"
        raise TenantspecError([Diagnostic("TS911", f"{module} claims a kind in {GROUP}", help=help_)])
    return own
