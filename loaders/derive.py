"""From a source's files to the lines that stand in its dataset: read, map, validate, hold back."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from functools import partial
from itertools import chain
from pathlib import Path

from kamara.config import Settings
from kamara.loaders.errors import MappingError, RecordError, SourceError
from kamara.loaders.formats.workbook import SUFFIXES
from kamara.loaders.lastfile import Place
from kamara.loaders.logicalsource import LogicalSource
from kamara.loaders.ownership import owned
from kamara.loaders.places import Places, read_places
from kamara.loaders.privacy.policy import Policy
from kamara.loaders.rawrecord import RawRecord, Value
from kamara.loaders.readers import open_records, raw_records
from kamara.loaders.readings.registry import open_unfolding
from kamara.loaders.readings.unfolding import Unfolding
from kamara.loaders.records import Record, erased, unmappable
from kamara.loaders.rml import CompiledMapping, CompiledSource, FunctionRegistry, compile_mapping
from kamara.loaders.rml.codelists import CodeLists
from kamara.loaders.sieve import Sifted, hold_back_dependants, hold_back_withheld, sift
from kamara.loaders.snapshots import SourceFile
from kamara.loaders.source import Source
from kamara.loaders.validation.engines import Engine, open_engine
from kamara.loaders.validation.violations import Violation
from kamara.loaders.withholding import Withheld
from kamara.sparql import lines
from kamara.sparql.layout import Layout
from kamara.sparql.lines import subject
from kamara.sparql.state import States
from kamara.sparql.tombstones import Tombstones
from kamara.sparql.watcher import Watcher

_TELL_EVERY = 5_000


@dataclass(frozen=True)
class Derived:
    """What a snapshot gives: sorted lines on a file, held records with their raw text on another; counts.

    `has_erased`: the files described a thing that is erased.
    """

    lines: Path
    held: Path | None = None
    records: int = 0
    quarantined: int = 0
    has_erased: bool = False
    held_back: frozenset[str] = field(default_factory=frozenset)
    withheld: Withheld = field(default_factory=lambda: Withheld(()))

    @property
    def published(self) -> int:
        """The number of good records."""
        return self.records - self.quarantined


@dataclass(frozen=True)
class Suspect:
    """A record that erasure must look at: it `describes` an erased thing, or it `names` some."""

    first_line: int
    last_line: int
    describes: bool
    names: frozenset[str]


class Deriver:
    """Turns files of one source into lines. Compiles mapping and shapes once.

    `places` are those of the datasets that the source needs; `unfold` takes its records apart.
    """

    def __init__(
        self,
        source: Source,
        settings: Settings,
        scratch: Path,
        watcher: Watcher,
        *,
        places: Places,
        unfold: Unfolding | None,
    ) -> None:
        self._source = source
        self._settings = settings
        self._scratch = scratch
        self._watcher = watcher
        self._unfold = unfold
        self._mapping = _compile(source, settings, places)
        self._erased = Tombstones(Layout(settings.data_dir).tombstones)
        self._engine: Engine = open_engine(
            settings.load.engine,
            source.shape_files(settings.resources),
            settings.base_iri,
            settings.load.max_violations,
        )

    def derive(
        self,
        files: list[SourceFile],
        known: Callable[[], Iterable[str]],
        places: Collection[Place] | None = None,
    ) -> Derived:
        """Map and validate `files` as one snapshot. `known` reads the dataset's lines as they stand.

        `places`: those of the only records that count; None: all do.
        """
        spool = self._scratch / f"{self._source.name}.spool.zst"
        self._join(files)
        records = (record for file in files for record in self._records(file, places))
        sifted = sift(records, self._engine.validate, spool, self._settings.load)
        hold_back_withheld(sifted)
        hold_back_dependants(sifted, lambda things: _described(things, known()))
        withheld = sifted.withheld
        held_back = frozenset(name for name in _only_held(sifted) if not withheld.covers(name))
        target = self._scratch / f"{self._source.name}.good.zst"
        good = owned(sifted.lines(), self._source, self._settings.base_iri)
        with lines.writing(target) as text:
            text.writelines(lines.sort(good, self._scratch))
        spool.unlink()
        held = sifted.held.finish(
            self._scratch / f"{self._source.name}.held.zst", partial(self._texts, files)
        )
        counts = sifted.total, len(sifted.held)
        return Derived(target, held, *counts, sifted.held.has_erased, held_back, withheld)

    def records(self, file: SourceFile) -> Iterator[Record]:
        """The records of a file, mapped and not yet validated."""
        self._join([file])
        return self._records(file, None)

    def _records(self, file: SourceFile, places: Collection[Place] | None) -> Iterator[Record]:
        for mapping in self._of(file):
            place = self._place(file, mapping)
            task = f"{self._source.name} {place}"
            for number, row in enumerate(self._open(file, mapping.source, mapping.columns), 1):
                if number % _TELL_EVERY == 0:
                    self._watcher.progress(task, number)
                if places is None or (place, row.first_line) in places:
                    yield self._unless_erased(self._careful(_record(place, row, mapping)))

    def _careful(self, record: Record) -> Record:
        """A record that cannot be mapped may be one that must not be public: where shapes withhold, it is."""
        if not (self._engine.withholds and record.problems):
            return record
        problems = tuple(replace(problem, withholds=True) for problem in record.problems)
        return replace(record, problems=problems)

    def _unless_erased(self, record: Record) -> Record:
        """The record, or when it describes an erased thing only its place; no line may name such a thing."""
        if not self._erased:
            return record
        if any(self._erased.covers(name[1:-1]) for name in record.things):
            return Record(record.file, record.first_line, record.last_line, (), (), (erased(),))
        named = [line for line in record.lines if not self._erased.covers(_object(line))]
        return replace(record, lines=named)

    def _open(self, file: SourceFile, source: LogicalSource, columns: Sequence[str]) -> Iterator[RawRecord]:
        return open_records(file.path, source, columns, file.fields, self._settings.load, unfold=self._unfold)

    def _place(self, file: SourceFile, mapping: CompiledSource) -> str:
        """What quarantine calls the file: with the iterator, where the mapping reads it in several ways."""
        one = len(self._mapping.sources) == 1
        return file.path.name if one else f"{file.path.name} {mapping.source.iterator or ''}".rstrip()

    def suspects(self, file: SourceFile) -> Iterator[Suspect]:
        """The records of `file` that describe or name an erased thing, or that cannot be attributed."""
        self._join([file])
        for mapping in self._mapping.sources:
            for row in self._open(file, mapping.source, mapping.columns):
                record = _record("", row, mapping)
                named = {_object(line) for line in record.lines if self._erased.covers(_object(line))}
                describes = any(self._erased.covers(name[1:-1]) for name in record.things)
                if describes or named or not record.things:
                    yield Suspect(record.first_line, record.last_line, describes, frozenset(named))

    def table_encoding(self, file: SourceFile) -> str | None:
        """The encoding of `file` when it is a table of text, whose records are lines."""
        source = self._mapping.sources[0].source
        is_table = source.formulation == "CSV" and file.path.suffix.lower() not in SUFFIXES
        return source.dialect.encoding if is_table else None

    def _of(self, file: SourceFile) -> Iterator[CompiledSource]:
        """The sources of the mapping that read a file."""
        return (mapping for mapping in self._mapping.sources if self._reads(mapping.source, file))

    def _reads(self, source: LogicalSource, file: SourceFile) -> bool:
        """Whether a source reads a file: any, unless the mapping names several; then one of its own name."""
        one = len({mapping.source.path for mapping in self._mapping.sources} | {source.path}) == 1
        return one or fnmatch(file.path.name, Path(source.path).name)

    def _join(self, files: list[SourceFile]) -> None:
        self._mapping.prepare(
            lambda source, columns: (
                row.values
                for file in files
                if self._reads(source, file)
                for row in self._open(file, source, columns)
                if row.values is not None
            )
        )

    def _texts(self, files: list[SourceFile], place: str, wanted: set[int]) -> Iterator[tuple[int, str]]:
        """The text of the records that begin at the `wanted` lines of a place."""
        file, mapping = next(
            (file, mapping)
            for file in files
            for mapping in self._of(file)
            if self._place(file, mapping) == place
        )
        return raw_records(file.path, mapping.source, wanted, self._settings.load)


def open_deriver(
    source: Source, settings: Settings, states: States, scratch: Path, watcher: Watcher
) -> Deriver:
    """The deriver of `source`, with what its functions and readings look up in datasets that it needs."""

    def needed() -> Iterator[str]:
        return chain.from_iterable(map(states.read, source.about.needs))

    places = read_places(needed(), settings.base_iri)
    unfold = open_unfolding(source, needed(), settings.base_iri)
    return Deriver(source, settings, scratch, watcher, places=places, unfold=unfold)


def _compile(source: Source, settings: Settings, places: Places) -> CompiledMapping:
    codes = CodeLists.read(settings.resources.ontology / "codes", settings.base_iri)
    told = source.about.privacy
    privacy = Policy(told.publish_text, told.moderated, settings.privacy.grid_metres)
    functions = FunctionRegistry(settings.base_iri, codes, places=places, privacy=privacy)
    if not source.mapping.is_file():
        raise SourceError("the mapping is not there", where=str(source.mapping), remedy="write it")
    compiled = compile_mapping(source.mapping, base_iri=settings.base_iri, functions=functions)
    if compiled.unsafe:
        raise MappingError(
            "makes unsafe IRIs, which cannot be published",
            where=str(source.mapping),
            remedy="make it an rml:IRI",
        )
    return compiled


def _record(file: str, row: RawRecord, mapping: CompiledSource) -> Record:
    if row.values is None:
        english, greek = row.expected
        expected = {"el": greek, "en": english}
        return Record(file, row.first_line, row.last_line, (), (), (unmappable("", row.problem, expected),))
    try:
        made = mapping.map(row.values)
        if row.more:
            made = list(dict.fromkeys(chain(made, *map(mapping.map, row.more))))
        problems: tuple[Violation, ...] = () if made else (_nothing(row.values, mapping.columns),)
        return Record(file, row.first_line, row.last_line, made, (), problems)
    except RecordError:
        explained = [mapping.explain(values) for values in (row.values, *row.more)]
        problems = tuple(
            unmappable(p.column, p.found, {"el": p.expected_el, "en": p.expected})
            for p in dict.fromkeys(p for one in explained for p in one.problems)
        )
        subjects = tuple(dict.fromkeys(f"<{name}>" for one in explained for name in one.subjects))
        return Record(file, row.first_line, row.last_line, (), subjects, problems)


def _object(line: str) -> str:
    """The IRI that is the object of a line; of a literal its text, which is no IRI."""
    return line.split(" ", 2)[2][1:-4]


def _nothing(values: Sequence[Value], columns: Sequence[str]) -> Violation:
    """Why a record gives no triple and would be lost in silence: a field that names its things is empty."""
    empty = ", ".join(name for name, value in zip(columns, values, strict=True) if not value)
    expected = {
        "el": "τιμή στα πεδία που ονομάζουν το πράγμα",
        "en": "a value in the fields that name the thing",
    }
    return unmappable(empty, "", expected)


def _only_held(sifted: Sifted) -> frozenset[str]:
    """The things that quarantined records describe and no good one does: their last good state stays."""
    held = sifted.held.subjects
    return frozenset(held - _described(held, sifted.lines()) if held else held)


def _described(things: set[str], content: Iterable[str]) -> set[str]:
    """Those of `things` that lines of `content` are about."""
    return {name for line in content if (name := subject(line)) in things}
