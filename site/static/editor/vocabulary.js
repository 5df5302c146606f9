/** The terms of /terms.json: written short, linked, and found by their beginning or their name. */

const MOST = 50;

export class Vocabulary {
  /** `told`: the content of /terms.json; `root`: the address that takes the place of its base. */
  constructor(told, language, root) {
    this.prefixes = told.prefixes;
    const at = told.languages.indexOf(language) + 1;
    const term = (row) => ({ iri: row[0], compact: this.compact(row[0]), name: row[at] });
    this.kinds = { class: told.classes.map(term), property: told.properties.map(term) };
    this.names = new Map([...this.kinds.class, ...this.kinds.property].map((one) => [one.iri, one.name]));
    this.base = told.base;
    this.root = root;
  }

  /** `prefix:name`, or the IRI itself where no prefix fits. */
  compact(iri) {
    for (const [prefix, namespace] of Object.entries(this.prefixes)) {
      const local = iri.slice(namespace.length);
      if (iri.startsWith(namespace) && /^[^\s/#?]+$/.test(local)) return `${prefix}:${local}`;
    }
    return iri;
  }

  /** Where an IRI leads: ours to this server, others on the web to themselves, the rest nowhere. */
  href(iri) {
    if (iri.startsWith(this.base)) return this.root + iri.slice(this.base.length);
    return /^https?:/.test(iri) ? iri : "";
  }

  /** IRIs of the kind that begin with what was typed, then those whose name or short form holds it. */
  find(kind, typed) {
    const wanted = folded(typed);
    const begins = (one) => one.iri.startsWith(typed) || folded(one.compact).startsWith(wanted);
    const holds = (one) => wanted.length > 1 && (folded(one.name).includes(wanted) || folded(one.compact).includes(wanted));
    const terms = this.kinds[kind];
    const first = terms.filter(begins);
    const others = terms.filter((one) => !begins(one) && holds(one));
    return [...first, ...others].slice(0, MOST).map((one) => one.iri);
  }
}

/** In small letters without accents: a person who searches types neither. */
function folded(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
