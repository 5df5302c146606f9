"""The command `site`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from pyoxigraph import Store
from rich.console import Console
from rich.progress import Progress

from kamara.config import Settings
from kamara.sparql.errors import VersionError
from kamara.sparql.versions import Versions


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    app.command("site")(write)


def write(
    ctx: typer.Context,
    out: Annotated[Path, typer.Argument(help="Folder to write; an earlier site there is replaced.")],
) -> None:
    """Write the published version as a static site: pages in Greek and English, and RDF documents.

    The site opens from the disk, or under any path of any web server. The folder is replaced only when the
    new one is complete.

    Example: kamara site public
    """
    from kamara.site.addresses import Addresses, FileAddresses
    from kamara.site.documents import Documents
    from kamara.site.generator import Generator, require_ours
    from kamara.site.home import Edition, Question
    from kamara.site.pages import Pages
    from kamara.sparql.queries import read_queries

    settings: Settings = ctx.obj
    versions = Versions(settings)
    current = versions.current()
    if current is None:
        raise VersionError(
            "nothing is published yet", where=str(settings.data_dir), remedy="run `kamara load`"
        )
    require_ours(out)
    saved = read_queries(settings.resources.queries, settings.base_iri).values()
    questions = [Question(one.name, one.question, "") for one in saved]
    links = FileAddresses(Addresses(settings.base_iri))
    documents = Documents(settings.base_iri, settings.resources, Pages(live=False), links)
    console = Console(stderr=True)
    with versions.lease(current), Progress(console=console) as progress:
        edition = Edition(current.number, current.created)
        generator = Generator(Store.read_only(str(current.store)), documents, edition)
        task = progress.add_task(f"version {current.number}", total=generator.triples)
        written = generator.write(out, questions, lambda count: progress.advance(task, count))
    console.print(
        f"{out}: {written.documents} documents in {written.files} files, of version {current.number}"
    )
