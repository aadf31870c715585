"""The Pelican plugin: writes every page that comes from the catalog.

One pass over courses.jsonl writes the course pages and keeps a small card of each; lists, home and search page are
made of the cards. Pelican connects handlers by weak reference, so the handlers are module-level functions.
"""

from __future__ import annotations

import shutil
from typing import Any

from banding_build import Builder
from banding_frame import prepare
from banding_output import Output
from pelican import signals
from pelican.generators import Generator


class CatalogGenerator(Generator):  # type: ignore[misc]
    """Runs the builder with Pelican's own Jinja environment."""

    def generate_output(self, writer: Any) -> None:
        site = self.env.globals["site"]
        output = Output.open(self.output_path, site)
        Builder(site, self.env, output).build()
        output.finish()


def get_generators(pelican_object: Any) -> type[CatalogGenerator]:
    return CatalogGenerator


def prepare_environment(generator: Any) -> None:
    """Every generator has its own Jinja environment, also those of other plugins."""
    prepare(generator.env, generator.settings["JINJA_GLOBALS"]["site"])


def remove_theme_leftovers(pelican_object: Any) -> None:
    """Pelican makes an empty theme/ folder although no static path is set; it must not be published."""
    folder = f"{pelican_object.output_path}/{pelican_object.settings['THEME_STATIC_DIR']}"
    shutil.rmtree(folder, ignore_errors=True)


def register() -> None:
    signals.get_generators.connect(get_generators)
    signals.generator_init.connect(prepare_environment)
    signals.finalized.connect(remove_theme_leftovers)
